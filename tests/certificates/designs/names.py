"""Names that are hard to print: long, hyphenated, of many languages, with marks apart."""

from __future__ import annotations

import random
import unicodedata

_GIVEN = {
    "romanian": "Ștefania Țuța Ioana Mărioara Crăița Lăcrămioara Înfrăția Zâna Ion Ilie Ana Ioan",
    "hungarian": "Erzsébet Ágnes Győző Jenő Őzike Űrsula Zsófia István Krisztián Szilveszter",
    "turkish": "Ayşe Çiğdem Gülşen İbrahim Ömer Şükrü Yağmur Işıl Güneş Tuğba",
    "cyrillic": "Анастасія Єлизавета Їлія Ґалина Святослав Любов Щастя Ђорђе Џевахира Юлія",
    "greek": "Αλέξανδρος Ελευθερία Ιφιγένεια Ξενοφών Ψυχή Χρυσάνθη Ώρα Ευτυχία Ηρακλής",
    "northern": "Åsa Þórunn Ægir Øystein Łucja Żaneta Ďáša Řehoř Ŋuyên Ẅilhelm",
    "vietnamese": "Nguyễn Thị Phượng Đặng Ứng Trường Ấn Ổi Hữu Ngọc",
}
_FAMILY = {
    "romanian": "Țurcanu Ștefănescu Întorsureanu Hortopan-Constantinescu Brâncovean Bălțățeanu",
    "hungarian": "Nyíregyházi-Szőke Wass-Kászonyi Szentgyörgyi Őrsi Kővágóörsi",
    "turkish": "Yıldırım Çelikoğlu Gümüşdağ Şahinoğlu Özdemiroğulları",
    "cyrillic": "Щербаківська Крижанівський-Поліщук Ђурђевић Їжакевич Ґонтаренко",
    "greek": "Παπαδόπουλος Χατζηγεωργίου Οικονομίδου-Βασιλειάδου Ψαρράς Ωραιόπουλος",
    "northern": "Þórðarson Łącki Ångström Ærøskøbing Dvořák-Šťastný",
    "vietnamese": "Nguyễn-Phương Đặng Trần Huỳnh Vũ",
}
_MARKS = "\u0301\u0300\u0302\u0303\u0308\u030c\u0327\u0328\u0323\u0331"
_EXTREMES = (
    "Ó Sé",
    "Ư",
    "Li Yo",
    "Ion D’Aguiar",
    "Alexandrina-Constantina-Georgiana Hortopan-Constantinescu-Ștefănescu",
    "Maximiliana-Wilhelmina-Margareta Wollmann-Wittgenstein-Hammerschmidt",
    "Mmmmmmmm-Wwwwwwww-Mmmmmmmm Wwwwwwww-Mmmmmmmm-Wwwwwwww",
    "Iiiiiiiii-Llllllll Fffffffff-Jjjjjjjjj-Qqqqqqq",
    "Ṩ\u0323\u0302erban Ț\u0301urcanu",
    "Mx\u030c\u025b\u0303ra \u0186\u0301-\u0190\u030c\u0256\u025b\u0303 Q\u030cui\u0304",
    "\u0410\u0301\u043d\u043d\u0430 \u042e\u0304\u0440\u0456\u0301\u0439 \u0420\u0303\u044f\u0301",
    "Ana Maria Elena Ioana Cristina Ștefania Popescu Ionescu Georgescu Vasilescu",
)


def hard_names(count: int) -> list[str]:
    """Make so many names, the same in every run."""
    chance = random.Random(350)
    kinds = list(_GIVEN)
    names = list(_EXTREMES)
    while len(names) < count:
        kind = kinds[len(names) % len(kinds)]
        given = chance.sample(_GIVEN[kind].split(), chance.choice((1, 2, 2, 3)))
        family = chance.sample(_FAMILY[kind].split(), chance.choice((1, 1, 2)))
        name = f"{chance.choice(' -').join(given)} {'-'.join(family)}"
        if len(names) % 5 == 0:
            at = chance.randrange(1, len(name))
            if name[at - 1].isalpha():
                name = name[:at] + chance.choice(_MARKS) + name[at:]
        name = unicodedata.normalize("NFC", name)
        if len(name) <= 76:
            names.append(name)
    return names

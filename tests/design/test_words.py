"""Buttons are verbs, and speak to people in one way: „Trimiteți”, never „Trimite”."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2] / "lms"
BUTTON = re.compile(
    r'(?:ui\.button|link_button|ui\.confirm)\(\s*_\("((?:[^"\\]|\\.)*)"'
    r'|<button[^>]*>\s*(?:\{\{ ui\.icon[^}]*\}\}\s*)?\{\{ _\("((?:[^"\\]|\\.)*)"'
)
# Commands to one person: third-conjugation endings, and the short ones that have none of them.
SHORT = re.compile(
    r"(?:\w+(?:ează|ește)|Adaugă|Anulează|Apasă|Arată|Ascunde|Așază|Atașează|Bifează|Caută|Cere|"
    r"Citește|Completează|Confirmă|Continuă|Dă|Deschide|Descarcă|Fă|Ia|Importă|Încarcă|Încearcă|"
    r"Începe|Încheie|Închide|Intră|Lasă|Mută|Păstrează|Pornește|Predă|Publică|Pune|Repetă|"
    r"Retrage|Salvează|Schimbă|Scoate|Scrie|Șterge|Tipărește|Treci|Trimite|Urmează|Vezi|Verifică)"
    r"(?:-\w+)?\b"
)


def romanian() -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / "translations/ro").glob("*.po")):
        with path.open("rb") as stream:
            found |= {m.id: m.string for m in read_po(stream) if isinstance(m.id, str) and m.id}
    return found


def test_no_button_speaks_to_people_as_to_a_friend() -> None:
    known = romanian()
    labels = {
        one or other
        for path in ROOT.rglob("*.html")
        for one, other in BUTTON.findall(path.read_text(encoding="utf-8"))
    }
    assert len(labels) > 150
    wrong = {f"{label}: {known[label]}" for label in labels if SHORT.match(known.get(label, ""))}
    assert sorted(wrong) == []


def test_one_act_has_one_word() -> None:
    known = romanian()
    assert known["Submit the test"] == "Trimiteți testul"
    senders = {ro for en, ro in known.items() if re.fullmatch(r"Submit the (test|trial)", en)}
    assert senders == {"Trimiteți testul", "Trimiteți proba"}


def test_the_office_is_called_by_one_name() -> None:
    named = [ro for ro in romanian().values() if "registrator" in str(ro).lower()]
    assert named == []

"""What the demonstration's invented people have written for the exercises; nothing here is real."""

from __future__ import annotations

# By lesson: what was written for an exercise that is a text.
TEXTS: dict[str, tuple[str, ...]] = {
    "1.1": (
        "Nevoia: copiii din cartierul gării nu au unde învăța după ore.\n"
        "Școala: are săli; îi lipsește cine să stea după ora 14.\n"
        "Biblioteca: are cărți și căldură; îi lipsesc cititorii.\n"
        "Primăria: are un buget mic; îi lipsește o listă a copiilor.\n"
        "Asociația de părinți: are oameni; îi lipsește sala.\n"
        "Dispensarul: are asistentă școlară; îi lipsește timpul.\n\n"
        "Perechea: asociația de părinți și biblioteca. Scopul: douăzeci de copii învață zilnic "
        "două "
        "ore la bibliotecă.",
        "Nevoia: vârstnicii de pe Dealul Închipuit nu ajung la medic. Cinci organizații: primăria "
        "(microbuz, fără șofer după 16), asociația noastră (voluntari, fără mașină), medicul de "
        "familie (program, fără liste), parohia (știe oamenii, fără telefon), farmacia (livrează, "
        "fără adrese). Perechea: primăria și asociația. Scop: fiecare vârstnic ajunge la medic o "
        "dată pe lună.",
    ),
    "1.2": (
        "Colaborarea: clubul de lectură ținut doi ani cu biblioteca din Valea Plopilor.\n\n"
        "Scop comun: 3. Știam amândoi că vrem copii care citesc, nu afișe.\n"
        "Roluri scrise: 1. Le-am vorbit la telefon, nu le-am pus pe hârtie.\n"
        "Resurse: 2. Sala era a bibliotecii, cărțile ale noastre.\n"
        "Încredere: 3. Doamna bibliotecară avea cheia și ne-a lăsat-o.\n\n"
        "Nota cea mai mică este la roluri. Ar fi crescut cu un punct dacă scriam pe o foaie cine "
        "deschide sala în vacanță.",
        "Am ales campania de colectare a electronicelor, făcută de primărie cu școala. Nu a "
        "reușit.\n"
        "Scop comun: 1 (noi voiam tone, ei voiau o lecție de ecologie).\n"
        "Roluri: 2, erau în proces-verbal.\n"
        "Resurse: 0, nimeni nu plătise transportul.\n"
        "Încredere: 2.\n"
        "Un singur lucru ar fi schimbat tot: un transportator găsit înainte de afiș.",
        "Colaborare reușită: cantina de iarnă. Patru note de 3 și una de 2, la evaluare. N-am "
        "numărat niciodată porțiile, deci nu putem arăta nimănui cât am făcut. Data viitoare punem "
        "un caiet lângă oală.",
        "Parcul din Gura Izvorului, 2025. Trei semne bune, unul slab: calendarul. Primăria lucra "
        "pe "
        "anul bugetar, noi pe anul școlar. Ne-am înțeles abia în martie.",
    ),
    "1.3": (
        "1. Noua stație de autobuz. Treapta anunțată: consultare. Treapta trăită: informare; "
        "locul era deja turnat. Lipsea propoziția „locul s-a hotărât, întrebăm doar culoarea”.\n"
        "2. Programul bibliotecii. Anunțată și trăită: consultare.\n"
        "3. Bugetul pe 2026. Anunțată: participare. Trăită: informare, s-au citit cifrele.\n\n"
        "Pentru târgul de toamnă scriem: ce s-a hotărât, ce mai putem schimba, când răspundem.",
        "Am ales trei hotărâri ale asociației noastre, nu ale primăriei. La două dintre ele "
        "membrii "
        "au aflat după ce hotărâsem. Treapta trăită este mai jos decât credeam.",
        "Hotărârea cu locurile de joacă: treapta anunțată 3, treapta trăită 2. Nu scria nicăieri "
        "până când se primesc păreri.",
    ),
    "1.4": (
        "A finanțare, B achiziție, C acord, D PPP de studiat, E achiziție, F finanțare, G acord, "
        "H achiziție. La H m-am gândit mult: plata este lunară și serviciul este descris de "
        "primărie, deci cumpără ea ceva.\n\n"
        "Dacă la C școala ar plăti fundația pe oră, ar fi achiziție. Dacă la E ONG-ul ar propune "
        "singur studiul, ar fi finanțare.",
        "Am greșit la E: am scris finanțare, fiindcă face un ONG. Întrebarea care m-a lămurit: "
        "cine "
        "a cerut studiul și cui îi rămâne? Colaborarea adevărată: cantina de iarnă, acord.",
    ),
    "2.1": (
        "Am citit statutul asociației noastre.\n"
        "Scopul: da, art. 4 vorbește despre „sprijinirea vârstnicilor la domiciliu”.\n"
        "Conducerea: consiliul director hotărăște, președinta semnează; la sume mari semnează "
        "doi.\n"
        "Sediul: nu spune judecătoria, am căutat în încheiere.\n"
        "Banii: statutul nu spune până la ce sumă. Am notat întrebarea pentru adunarea generală.",
        "Statutul unei asociații cu care lucrează primăria noastră. Scopul este foarte larg, "
        "încape "
        "orice. Întrebarea mea pentru colega de acolo: cine semnează când președintele lipsește?",
    ),
}
# By lesson: a form's fields, in its order.
FORMS: dict[str, tuple[str, ...]] = {
    "1.5": (
        "20 de copii din cartierul gării rămân singuri între 12 și 16; știm din lista școlii.",
        "școala, 4 și 5\nbiblioteca, 2 și 5\nprimăria, 5 și 3\nasociația de părinți, 2 și 5\n"
        "poliția locală, 3 și 2\nparohia, 2 și 4\nun magazin din cartier, 1 și 3\nliceul, 2 și 2",
        "20 de copii învață zilnic două ore, din 1 octombrie până în iunie.",
        "Școala sala, biblioteca manualele, asociația trei voluntari pe zi, primăria gustarea.",
        "colaborare",
        "acord de cooperare, fără plăți între parteneri",
        "Vizită la bibliotecă săptămâna viitoare, cu lista orelor libere.",
    ),
}
FALLBACK = (
    "Am parcurs pașii cu un coleg de la primărie. Ne-am înțeles repede la primii doi și ne-am "
    "contrazis la al treilea. Am scris amândouă răspunsurile pe foaie."
)

CLOSING = (
    "Foarte clar scris. Propoziția despre hârtia lipsă merită spusă și colegilor.",
    "Bine observat. Data viitoare adăugați și cine răspunde, cu funcția, nu cu numele.",
    "Se vede că vine din practică. Păstrați foaia: vă folosește în modulul 6.",
    "Mulțumesc. Notele sunt susținute de fapte, exact ce cere exercițiul.",
)
REOPENING = (
    "Începutul este bun. Lipsesc faptele din spatele ultimelor două note; adăugați câte unul la "
    "fiecare și predați din nou.",
    "Ați scris ce ar trebui făcut, dar nu și de unde știți. Completați, vă rog, sursa.",
)
AFTER_REOPENING = (
    "\n\nAm completat după comentariu: faptele sunt din registrul de audiențe și din caietul sălii."
)

# Field by field, in the order of the form: article, problem, evidence, change, effect.
PROPOSALS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "Art. 13, despre plata în anul bugetar al contractului",
        "Serviciul de transport al vârstnicilor se oprește în fiecare iarnă. Contractul vechi se "
        "încheie în decembrie, cel nou se semnează primăvara. Nouă oameni rămân fără drumul la "
        "dializă și îl plătesc singuri.",
        "Contractele din 2024, 2025 și 2026 s-au semnat la 11 aprilie, 18 aprilie și 9 aprilie.\n"
        "Din ianuarie până în martie au lipsit câte 26 de drumuri pe lună.\n"
        "Doi din cinci șoferi nu s-au mai întors după pauză.",
        "Autoritatea să poată încheia un acord pe mai mulți ani, cu sume aprobate în fiecare an. "
        "Dacă bugetul nu cuprinde suma, acordul să se suspende.",
        "Pauza dintre contracte scade de la 14 săptămâni la cel mult 2. Indicator: zile între "
        "sfârșitul unui contract și începutul următorului.",
    ),
    (
        "Raportul anual al autorității, articolul de verificat",
        "Asociația noastră a vrut să afle ce s-a finanțat în județ în ultimii trei ani. Rapoartele "
        "există, dar nu se pot căuta și nu se pot aduna. Fiecare are altă formă.",
        "Am cerut șase rapoarte; am primit patru, în patru forme diferite.\n"
        "Două erau fotografii ale unei pagini tipărite.\n"
        "Adunarea lor într-un tabel a luat 31 de ore de muncă.",
        "Raportul să se publice și pe pagina autorității, ca tabel cu aceleași coloane: "
        "beneficiar, activitate, sumă, rezultat.",
        "Oricine poate răspunde în zece minute la întrebarea „ce s-a finanțat?”. Indicator: "
        "numărul "
        "autorităților din județ cu tabel publicat, de la 0 la 20 în doi ani.",
    ),
    (
        "De verificat: termenul de depunere a propunerilor",
        "În orașul nostru anunțul apare când bugetul este deja împărțit, iar termenul este foarte "
        "scurt. Organizațiile mici, fără angajați, nu apucă să strângă documentele.",
        "În 2025 au depus 4 organizații din 19 active.\n"
        "Trei dintre cele 15 care nu au depus au spus în scris că nu au avut timp.\n"
        "Dosarul are 11 anexe.",
        "Ghidul să fie publicat cu cel puțin două luni înaintea termenului, chiar dacă bugetul se "
        "aprobă mai târziu, cu mențiunea că sumele sunt estimate.",
        "Numărul dosarelor depuse crește de la 4 la 9. Indicator: dosare depuse și organizații "
        "care depun întâia oară.",
    ),
    (
        "Ghidul local, nu legea: baza cofinanțării",
        "Trei ghiduri din județ cer aceeași cofinanțare, dar o socotesc altfel: unul din proiect, "
        "două din finanțare. O asociație a fost respinsă pentru o diferență de 500 de lei.",
        "Ghidurile a trei primării, citite la 14 septembrie 2026.\n"
        "Procesul-verbal al unei respingeri, cu suma.\n"
        "Două proiecte identice, cu cofinanțări diferite.",
        "Baza de calcul să fie spusă într-o propoziție, cu un exemplu în cifre, în fiecare ghid.",
        "Nicio respingere din cauza bazei de calcul. Indicator: respingeri cu acest motiv, de la 3 "
        "la 0.",
    ),
    (
        "Comisia de evaluare, articolul de verificat",
        "Membrii comisiei sunt colegi cu cei care scriu ghidul, iar punctajele nu se explică. "
        "Organizațiile respinse nu știu ce să îndrepte.",
        "Din 12 scrisori de respingere, 10 au numai suma punctelor.\n"
        "Două organizații au întrebat în scris și au primit aceeași sumă.\n"
        "O singură primărie din cele cinci întrebate trimite și motivele.",
        "Scrisoarea de respingere să cuprindă punctele pe fiecare criteriu și câte o frază de "
        "motiv.",
        "Organizațiile respinse depun din nou un dosar mai bun. Indicator: ponderea celor care "
        "revin în anul următor, de la 2 din 10 la 5 din 10.",
    ),
    (
        "De verificat: plata în tranșe",
        "Prima tranșă ajunge după ce activitatea a început. Asociațiile mici împrumută bani de la "
        "membri, iar unele renunță.",
        "Trei contracte din 2025: prima plată la 47, 52 și 61 de zile de la semnare.\n"
        "O asociație a renunțat în iulie, cu scrisoare.\n"
        "Membrii au împrumutat 18.000 de lei în total.",
        "Prima tranșă să se plătească în cel mult 15 zile de la semnare, iar ghidul să spună data.",
        "Nicio asociație nu mai renunță din lipsa banilor de început. Indicator: zile de la "
        "semnare "
        "la prima plată, de la 53, în medie, la 15.",
    ),
    (
        "Formularele, nu legea",
        "Formularul cere aceleași date de trei ori: în cerere, în buget și în declarație. Cine "
        "greșește o dată este respins ca „neconform”.",
        "Formularul are 14 pagini; datele organizației apar de trei ori, suma de patru ori.\n"
        "5 din 16 dosare au fost respinse pentru nepotriviri între pagini.",
        "Un singur formular, în care datele se scriu o dată; la nepotriviri să se ceară lămuriri, "
        "cu termen de trei zile.",
        "Dosarele respinse pentru nepotriviri scad de la 5 la cel mult 1 pe an.",
    ),
    (
        "Consultarea programului anual, articolul de verificat",
        "Programul anual se face fără organizații. Banii merg an de an în aceleași două domenii, "
        "deși nevoile din oraș s-au schimbat.",
        "În 2023, 2024 și 2025 domeniile au fost aceleași: sport și cultură.\n"
        "În oraș sunt 640 de vârstnici singuri, după evidența serviciului social.\n"
        "La întâlnirea din mai au venit 22 de oameni; procesul-verbal nu a fost publicat.",
        "Înainte de program să aibă loc o întâlnire anunțată, iar programul să spună în două "
        "rânduri "
        "ce s-a cerut acolo și ce s-a primit sau nu.",
        "Programul cuprinde cel puțin un domeniu cerut la întâlnire. Indicator: cereri formulate "
        "și "
        "cereri preluate.",
    ),
    (
        "Art. 13 și ghidul: cheltuielile dinaintea contractului",
        "Nu se știe ce cheltuieli se decontează dacă activitatea a început înaintea semnării. "
        "Unele primării acceptă, altele nu.",
        "Două răspunsuri scrise, diferite, de la două primării vecine.\n"
        "Un decont micșorat cu 3.200 de lei, cu adresa care explică.\n"
        "Un proiect amânat cu două luni, ca să nu riște.",
        "Ghidul să spună, cu exemple, ce cheltuieli se pot deconta și de la ce dată.",
        "Nicio reducere la decont din acest motiv. Indicator: suma respinsă la decont pe proiect.",
    ),
    (
        "De verificat: activitățile care continuă de la an la an",
        "Centrul de zi trebuie să inventeze în fiecare an un „proiect nou”, deși face același "
        "lucru "
        "bine. Titlul se schimbă, munca rămâne.",
        "Cinci titluri în cinci ani pentru același serviciu.\n"
        "Aceiași 18 beneficiari, după fișele de prezență.\n"
        "Patru luni pe an se duc pe scris și pe raportat.",
        "Ghidul să aibă o secțiune pentru servicii care continuă, cu criterii despre rezultate, nu "
        "despre noutate.",
        "Orele de pregătire a dosarului scad de la 120 la 40. Indicator: ore pe dosar, notate de "
        "organizație.",
    ),
    (
        "Raportarea finală, ghidul local",
        "Raportul final cere copii ale tuturor bonurilor, certificate una câte una. Pentru o "
        "finanțare de 5.000 de lei am predat 212 pagini.",
        "Numărul paginilor din patru rapoarte: 88, 140, 176 și 212.\n"
        "Nicio pagină nu a fost cerută înapoi la control.\n"
        "O zi întreagă de semnături.",
        "Sub 10.000 de lei, raportul să aibă o listă a documentelor, iar copiile să se arate la "
        "cerere.",
        "Raportul scade la cel mult 10 pagini. Indicator: pagini pe raport.",
    ),
    (
        "De verificat: cine poate depune împreună",
        "O asociație și o școală au vrut să depună împreună. Formularul are loc pentru un singur "
        "solicitant. Școala a rămas „voluntară”, fără nicio răspundere scrisă.",
        "Formularul din 2026, pagina 1.\n"
        "Acordul de parteneriat al celor două, nesemnat, fiindcă nu avea unde fi depus.",
        "Formularul să primească parteneri, cu rolul și contribuția fiecăruia.",
        "Cel puțin un sfert din dosare au un partener scris. Indicator: dosare cu acord anexat.",
    ),
)

"""The course's words: each legal term that a lesson uses is explained where it stands first."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, NavigableString

from lms.exchange.course_files import read_course
from lms.exchange.glossary_file import finder_of
from lms.exchange.lesson_file import LessonFile
from lms.exchange.sources import files_of_folder
from lms.safety.html import render_markdown
from lms.safety.terms import Marker
from tests.content.test_os2 import CONTENT, FACTS

READING = read_course(files_of_folder(CONTENT))
assert READING.course is not None, READING.problems
LESSONS = READING.course.lessons
TERMS = {entry.id: entry for entry in READING.course.glossary}
FINDER = finder_of(READING.course.glossary)

# Legal terms by the stems of their words: a list of our own, not drawn from the glossary. A lesson
# that uses one leads to its definition the first time.
LEGAL = {
    "abrogare": r"\babrogat\w*",
    "achiziție": r"\bachiziți\w*",
    "acord de parteneriat": r"\bacord\w* de parteneriat",
    "acord-cadru": r"\bacord\w*-cadru",
    "acreditare": r"\bacredit[aă]r\w*",
    "act adițional": r"\bact\w* adițional\w*",
    "act constitutiv": r"\bact\w* constitutiv\w*",
    "act normativ": r"\bact\w* normativ\w*",
    "activitate nonprofit": r"\bactivit\w+ nonprofit",
    "an bugetar": r"\ban\w* bugetar\w*",
    "an fiscal": r"\ban\w* fiscal\w*",
    "asociație": r"\basociați(e|a|ei|i|ile|ilor)\b",
    "autonomie": r"\bautonomi\w+ local\w+",
    "autoritate finanțatoare": r"\bautorit\w+ finanțatoare",
    "avizare": r"\baviz(are|area|ării)\b",
    "beneficiar": r"\bbeneficiar(ul|ului|i|ii|ilor)?\b",
    "cale de atac": r"\bc[aă]\w+ de atac",
    "cheltuială eligibilă": r"\bcheltuiel\w+ eligibil\w+",
    "CNP": r"\bCNP(-\w+)?\b",
    "cod administrativ": r"\bCod\w* administrativ",
    "cod fiscal": r"\b[Cc]od\w* fiscal",
    "cofinanțare": r"\bcofinanț\w+",
    "concesiune": r"\bconcesiun\w+",
    "conflict de interese": r"\bconflict\w* de interese",
    "consiliu județean": r"\bconsili\w+ județe\w+",
    "consiliu local": r"\bconsili(u|ul|ului|i|ile|ilor) local\w*",
    "consorțiu administrativ": r"\bconsorți\w+ administrativ\w*",
    "contestație": r"\bcontestați\w+",
    "contract de finanțare": r"\bcontract\w* de finanțare",
    "contract de voluntariat": r"\bcontract\w* de voluntariat",
    "contract rezervat": r"\bcontract\w* rezervat\w*",
    "contribuție în natură": r"\bcontribuți\w+ în natură",
    "convenție": r"\bconvenți\w+",
    "credit fiscal": r"\bcredit\w* fiscal\w*",
    "cult": r"\bcult(ul|ului|e|ele|elor)?( religio\w+| recunoscut\w*)?\b(?= |,|\.|;)",
    "date personale": r"\bdate\w* (personale|cu caracter personal)",
    "declarație de imparțialitate": r"\bdeclarați\w+ de imparțialitate",
    "decontare": r"\bdecont(are|area|ării|ul|ului)?\b",
    "descentralizare": r"\bdescentraliz\w+",
    "dezbatere publică": r"\bdezbater\w+ public\w+",
    "donație": r"\bdonați\w+",
    "economie socială": r"\beconomi\w+ social\w+",
    "excluderea cumulului": r"\bexcluder\w+ cumulului",
    "federație": r"\bfederați\w+",
    "filială": r"\bfilial\w+",
    "finanțare nerambursabilă": r"\bfinanț[aă]r\w+ nerambursabil\w+",
    "fonduri publice": r"\bfonduri\w* publice",
    "forma autentică": r"\bform\w+ autentic\w+",
    "forma consolidată": r"\bform\w+ consolidat\w+",
    "fundație": r"\bfundați(e|a|ei|i|ile|ilor)\b",
    "HCL": r"\bHCL\b",
    "hotărâre a consiliului local": r"\bhotărâr\w+ (a |ale |de )?consili(u|ului)( local)?\b",
    "imobil": r"\bimobil\w*",
    "incompatibilitate": r"\bincompatibilit\w+",
    "informații de interes public": r"\binformați\w+ (de interes public|publice)",
    "instanță": r"\binstanț(ă|a|ei|e|ele|elor)\b",
    "interes legitim": r"\b[Ii]nteres\w* legitim\w*",
    "întreprindere de inserție": r"\bîntreprinder\w+ de inserție",
    "întreprindere socială": r"\bîntreprinder\w+ social\w+",
    "judecătorie": r"\bjudecători(e|a|ei|i|ile)\b",
    "libera concurență": r"\bliber\w+ concurenț\w+",
    "licență": r"\blicenț(ă|a|ei|e|ele|elor)\b",
    "Monitorul Oficial": r"\bMonitorul\w* Oficial\w*",
    "neretroactivitate": r"\bneretroactivit\w+",
    "norme de aplicare": r"\bnorme\w* de aplicare",
    "OG": r"\bOG\b",
    "ONG": r"\bONG(-\w+)?\b",
    "ordonator de credite": r"\bordonator\w* principal\w* de credite",
    "OUG": r"\bOUG\b",
    "parteneriat public-privat": r"\bparteneriat\w* public-privat\w*|\bPPP(-\w+)?\b",
    "parteneriat social": r"\bparteneriat\w* social\w*\b",
    "persoană fizică": r"\bpersoan\w+ fizic\w+",
    "persoană juridică": r"\bpersoan\w+ juridic\w+",
    "personalitate juridică": r"\bpersonalit\w+ juridic\w+",
    "plângere în instanță": r"\bplânger\w+ în instanță",
    "politică publică": r"\bpolitic\w+ public\w+",
    "primar": r"\bprimar(ul|ului|i|ii|ilor)?\b",
    "proiect de act normativ": r"\bproiect\w* de acte? normativ\w*",
    "proiect de hotărâre": r"\bproiect\w* de hotărâr\w+",
    "propunere legislativă": r"\bpropuner\w+ legislativ\w+",
    "reclamație administrativă": r"\breclamați\w+ administrativ\w+",
    "redirecționare": r"\bredirecțion(are|area|ării)\b",
    "refuz motivat": r"\brefuz\w* motivat",
    "Registrul asociațiilor": r"\bRegistrul\w* asociațiilor și fundațiilor",
    "regulament": r"\bregulament(ul|ului|e|ele|elor)?\b",
    "salariu minim brut": r"\bsalari\w+ minim\w* brut\w*",
    "scop patrimonial": r"\bfără scop patrimonial",
    "secretar general": r"\bsecretar\w* general\w*",
    "selecție publică": r"\bselecți\w+ public\w+",
    "semnătură privată": r"\bsemnătur\w+ privat\w+",
    "serviciu social": r"\bservici(u|ul|ului|i|ile|ilor) (social\w*|de asistență socială)",
    "societate comercială": r"\bsociet\w+ comercial\w+",
    "societate de proiect": r"\bsociet\w+ de proiect",
    "solicitant": r"\bsolicitant(ul|ului|i|ii|ilor)?\b",
    "sponsorizare": r"\bsponsoriz(are|area|ării|ări|ările|ărilor)\b",
    "statut": r"\bstatut(ul|ului|e|ele)?\b",
    "subordonare": r"\bsubordon(are|area|ării)\b",
    "subsidiaritate": r"\bsubsidiarit\w+",
    "subvenție": r"\bsubvenți(e|a|ei|i|ile|ilor)\b",
    "transparență decizională": r"\btransparenț\w+ decizional\w+",
    "tratament egal": r"\btratament\w* egal\w*",
    "unitate de asistență socială": r"\bunităț\w+ de asistență socială",
    "unitate protejată": r"\bunit\w+ protejat\w+",
    "utilitate publică": r"\butilit\w+ public\w+",
    "voluntariat": r"\bvoluntariat(ul|ului)?\b",
    "zile lucrătoare": r"\bzil\w+ lucrătoare",
}
_BLOCKS = ["p", "li", "td", "div"]
_APART = ["h2", "h3", "h4", "h5", "h6", "blockquote", "thead", "code", "pre"]


def page_of(lesson: LessonFile) -> BeautifulSoup:
    html = render_markdown(lesson.body, resolve_image=lambda name: f"/{name}", terms=Marker(FINDER))
    return BeautifulSoup(str(html), "html.parser")


def runs_of(page: BeautifulSoup) -> tuple[str, list[bool]]:
    """Return a page's running text, and for each character whether it leads to a definition."""
    text, leads, block = "", [], None
    for string in page.find_all(string=True):
        if type(string) is not NavigableString or string.find_parent(_APART):
            continue
        link = string.find_parent("a")
        if link is not None and "term" not in (link.get("class") or ()):
            continue
        if (here := string.find_parent(_BLOCKS)) is not block:
            text, leads, block = f"{text} ¶ ", [*leads, False, False, False], here
        words = re.sub(r"\s", " ", string)
        text += words
        leads += [link is not None] * len(words)
    return text, leads


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_each_legal_term_leads_to_its_definition_where_it_stands_first(lesson):
    """Or is met after another form of the same term: HCL after „hotărâre de consiliu”."""
    text, leads = runs_of(page_of(lesson))
    forms = list(FINDER.find(text))
    missing = []
    for term, pattern in LEGAL.items():
        first = re.search(pattern, text, re.IGNORECASE if term[0].islower() else 0)
        if first is None or any(leads[first.start() : first.end()]):
            continue
        known = {f.term for f in forms if f.start < first.end() and first.start() < f.end}
        if not any(f.term in known and leads[f.start] for f in forms if f.end <= first.start()):
            around = text[max(0, first.start() - 30) : first.end() + 30]
            missing.append(f"{term}: …{around}…")
    assert not missing, "add these forms to content/os2/glossary.yaml:\n" + "\n".join(missing)


def test_the_list_of_legal_terms_is_found_by_the_glossary():
    for term in ("act normativ", "autoritate finanțatoare", "persoană juridică", "contestație"):
        assert [f.term for f in FINDER.find(term)], term


def test_there_are_more_than_ninety_terms_and_each_is_in_both_languages():
    assert len(TERMS) >= 90
    for entry in TERMS.values():
        assert all(entry.term.values()), entry.id
        assert all(entry.definition.values()), entry.id


SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-ZĂÂÎȘȚ„“])")


@pytest.mark.parametrize("term", TERMS)
def test_a_definition_is_plain_and_short(term):
    entry = TERMS[term]
    for text in entry.definition.values():
        sentences = SENTENCES.split(text)
        assert len(sentences) <= 2, text
        assert max(len(sentence.split()) for sentence in sentences) <= 28, text
        assert text.endswith("."), text
    for text in (*entry.term.values(), *entry.definition.values(), *entry.forms):
        assert not re.search("[\"'şţŞŢ]", text), text
    assert entry.definition["ro"].count("„") == entry.definition["ro"].count("”")


CLAIM = re.compile(r"\b(Legea|OUG|OG|HG|Codul fiscal|art\.)\s?(nr\.)?\s?\d|\d+ (zile|lei|ani|%)")
NO_CLAIM = {"puncte-procentuale"}  # arithmetic


@pytest.mark.parametrize("term", TERMS)
def test_a_definition_claims_no_law_beyond_its_fact(term):
    entry = TERMS[term]
    if entry.fact is None:
        assert term in NO_CLAIM or not CLAIM.search(entry.definition["ro"]), term
        return
    code = FACTS[entry.fact.text]["confidence"]
    assert code in "VSTM"
    if code == "M":  # craft is told as practice
        assert re.search(r"practic|[Îî]n curs", entry.definition["ro"]), term
        assert not CLAIM.search(entry.definition["ro"]), term


def test_no_lesson_is_a_thicket_of_links():
    for lesson in LESSONS:
        words = len(lesson.body.split())
        assert len(page_of(lesson).select("a.term")) <= words / 20, lesson.id

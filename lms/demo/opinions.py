"""What the demonstration's learners think of the course: a plan, without chance."""

from __future__ import annotations

from lms.surveys.questions import Answer, Answers, Question, QuestionKind, Questionnaire

_KEEP = (
    "Exemplele din orașe mici. M-am regăsit în ele.",
    "Explicațiile de după fiecare test.",
    "Modelul de acord de parteneriat: l-am folosit deja.",
    "Lecțiile scurte. Le-am citit în pauză.",
    "Exercițiile cu cifre, pas cu pas.",
    "Tonul: clar și fără limbaj de lemn.",
    "Posibilitatea de a relua un test după ce am recitit lecția.",
    "Figurile cu etapele procedurii. Le-am tipărit și stau pe perete.",
    "Faptul că văd mereu ce îmi mai lipsește.",
)
_CHANGE = (
    "Aș vrea mai multe exemple despre servicii sociale.",
    "Modulul 4 este dens; l-aș împărți în două.",
    "O întâlnire față în față la mijlocul cursului.",
    "Nimic deocamdată.",
    "Mai mult timp pentru modulul despre buget.",
    "Câteva exemple de rapoarte bine scrise.",
    "O listă scurtă cu termenele importante, de ținut la îndemână.",
)
_DIFFERENTLY = (
    "Voi cere acordul scris înainte de orice activitate comună.",
    "Voi verifica plafoanele înainte să depun cererea.",
    "Vom publica anunțul cu toate anexele.",
    "Voi propune o întâlnire trimestrială cu asociațiile din oraș.",
    "Voi scrie rezultatele așteptate înaintea activităților.",
    "Voi cere declarații de imparțialitate de la toți membrii comisiei.",
    "Voi ține evidența dovezilor din prima zi, nu la raport.",
)
_TEXTS = {"de-pastrat": _KEEP, "de-schimbat": _CHANGE, "altfel": _DIFFERENTLY}
_WORDY = {"de-pastrat": 2, "de-schimbat": 3, "altfel": 2}  # every so many learners write a text


def opinion(questionnaire: Questionnaire, place: int) -> Answers:
    """Return the answers of the participant at a place of the list, from 0."""
    answers: dict[str, Answer] = {}
    for at, question in enumerate(questionnaire.questions):
        answer = _answer(question, at, place)
        if answer is not None:
            answers[question.id] = answer
    return answers


def _answer(question: Question, at: int, place: int) -> Answer | None:
    turn = (place + 3) * (at + 5) + place // 3 * (at % 4 + 1) + at * at
    match question.kind:
        case QuestionKind.SCALE:
            if not question.is_required and turn % 4 == 0:
                return None
            below = (0, 1, 0, 0, 1, 0, 2, 0, 1, 1, 3)[turn % 11]
            return max(question.least, question.most - below)
        case QuestionKind.CHOICE:
            if not question.is_required and turn % 6 == 0:
                return None
            return question.options[(1, 1, 0, 1, 2, 1, 0)[turn % 7] % len(question.options)].id
        case QuestionKind.TEXT:
            texts = _TEXTS.get(question.id, ())
            if not texts or place % _WORDY[question.id]:
                return None
            return texts[(place // _WORDY[question.id]) % len(texts)]

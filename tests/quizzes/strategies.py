"""Hypothesis strategies: any question, and any answer to it."""

from __future__ import annotations

from hypothesis import strategies as st

from lms.quizzes.question_types.ids import derive_id, same_text
from lms.quizzes.question_types.ordering.schemes import OrderScheme
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import parse_question, rules_for

# What GIFT gives a meaning to, beside letters that a Romanian text has.
LETTERS = "aăâbcșțABZ 019.,;()[]\\~=#{}:*_%/|-><$„”–\n"
texts = st.text(LETTERS, min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
maybe = st.one_of(st.just(""), texts)
marks = st.sampled_from(["1", "2", "0.5", "10"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def _distinct(least: int, most: int = 6) -> st.SearchStrategy[list[str]]:
    return st.lists(texts, min_size=least, max_size=most, unique_by=same_text)


@st.composite
def single_choices(draw: st.DrawFn) -> Question:
    words = draw(_distinct(2))
    partial = st.sampled_from(["0", "0", "0.5", "0.3333333", "-0.25", "-1"])
    fractions = ["1", *[draw(partial) for _ in words[1:]]]
    return _choice(draw, "single_choice", words, draw(st.permutations(fractions)))


@st.composite
def multiple_choices(draw: st.DrawFn) -> Question:
    words = draw(_distinct(2))
    right = draw(st.integers(1, len(words)))
    whole = {1: "1", 2: "0.5", 3: "0.3333333", 4: "0.25", 5: "0.2", 6: "0.1666667"}[right]
    wrong = st.sampled_from(["0", "-0.5", "-1", "-0.3333333"])
    fractions = [whole] * right + [draw(wrong) for _ in words[right:]]
    return _choice(draw, "multiple_choice", words, draw(st.permutations(fractions)))


def _choice(draw: st.DrawFn, name: str, words: list[str], fractions: list[str]) -> Question:
    schemes = ["", "all_or_nothing", "right_minus_wrong", "proportional", "openolat_partial"]
    options = [
        {"text": text, "fraction": fraction, "feedback": draw(maybe)}
        for text, fraction in zip(words, fractions, strict=True)
    ]
    return parse_question(
        {
            "type": name,
            "stem": draw(texts),
            "marks": draw(marks),
            "scoring": draw(st.sampled_from(schemes)),
            "options": options,
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def true_falses(draw: st.DrawFn) -> Question:
    return parse_question(
        {
            "type": "true_false",
            "stem": draw(texts),
            "marks": draw(marks),
            "answer": draw(st.booleans()),
            "feedback_true": draw(maybe),
            "feedback_false": draw(maybe),
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def matchings(draw: st.DrawFn) -> Question:
    answers = draw(_distinct(2, 5))
    stems = draw(_distinct(2, 5))
    ids = [derive_id(answer, prefix="a") for answer in answers]
    return parse_question(
        {
            "type": "matching",
            "stem": draw(texts),
            "marks": draw(marks),
            "stems": [
                {"text": stem, "answer": draw(st.sampled_from(ids)), "feedback": draw(maybe)}
                for stem in stems
            ],
            "answers": [{"id": i, "text": a} for i, a in zip(ids, answers, strict=True)],
            "general_feedback": draw(maybe),
        }
    )


decimals = st.decimals(-(10**9), 10**9, places=3).map(str)
reaches = st.decimals(0, 1000, places=2).map(str)


GEOMETRIC = ["geometric"]
UNITS = [
    {"unit": ""},
    {"unit": "lei"},
    {"unit": "%"},
    {"unit": "zile lucrătoare"},
    {"unit": "lei", "unit_rule": "typed", "unit_penalty": "0.2", "penalty_of": "question"},
    {"unit": "m", "unit_rule": "list", "other_units": [{"name": "cm", "factor": "0.01"}]},
]


@st.composite
def numericals(draw: st.DrawFn, *, is_plain: bool = False) -> Question:
    answers = draw(st.lists(st.tuples(decimals, reaches), min_size=1, max_size=3))
    fractions = ["1", *[draw(st.sampled_from(["0", "0.5", "1"])) for _ in answers[1:]]]
    return parse_question(
        {
            "type": "numerical",
            "stem": draw(texts),
            "marks": draw(marks),
            **draw(st.sampled_from(UNITS[:4] if is_plain else UNITS)),
            "answers": [
                {
                    "value": value,
                    "tolerance": tolerance,
                    "tolerance_kind": draw(
                        st.sampled_from(["nominal", "relative", *([] if is_plain else GEOMETRIC)])
                    ),
                    "fraction": fraction,
                    "feedback": draw(maybe),
                }
                for (value, tolerance), fraction in zip(answers, fractions, strict=True)
            ],
            "other_feedback": draw(maybe),
            "general_feedback": draw(maybe),
        }
    )


words = st.text("aăâșşțABZ *019.,", min_size=1, max_size=12).filter(lambda t: bool(t.strip()))


@st.composite
def short_answers(draw: st.DrawFn) -> Question:
    accepted = draw(st.lists(words, min_size=1, max_size=4, unique_by=same_text))
    fractions = ["1", *[draw(st.sampled_from(["0", "0.5", "1"])) for _ in accepted[1:]]]
    return parse_question(
        {
            "type": "short_answer",
            "stem": draw(texts),
            "marks": draw(marks),
            "answers": [
                {"text": text, "fraction": fraction, "feedback": draw(maybe)}
                for text, fraction in zip(accepted, draw(st.permutations(fractions)), strict=True)
            ],
            "case": draw(st.booleans()),
            "plain_letters": draw(st.booleans()),
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def kprims(draw: st.DrawFn) -> Question:
    return parse_question(
        {
            "type": "kprim",
            "stem": draw(texts),
            "marks": draw(marks),
            "statements": [
                {"text": text, "is_true": draw(st.booleans()), "feedback": draw(maybe)}
                for text in draw(_distinct(4, 4))
            ],
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def essays(draw: st.DrawFn) -> Question:
    levels = [{"label": draw(words), "fraction": each} for each in ("0", "0.5", "1")]
    rubric = [
        {"text": draw(words), "share": share, "levels": levels}
        for share in draw(st.sampled_from([(), ("1",), ("0.4", "0.6"), ("0.25", "0.75")]))
    ]
    return parse_question(
        {
            "type": "essay",
            "stem": draw(texts),
            "marks": draw(marks),
            "format": draw(st.sampled_from(["plain", "mono"])),
            "lines": draw(st.integers(2, 40)),
            "min_words": draw(st.sampled_from([None, 1, 20])),
            "max_words": draw(st.sampled_from([None, 20, 300])),
            "template": draw(maybe),
            "notes": draw(st.one_of(maybe, st.text(LETTERS, min_size=200, max_size=400))),
            "rubric": rubric,
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def uploads(draw: st.DrawFn) -> Question:
    rubric = [
        {"text": draw(words), "share": "1", "levels": [{"label": draw(words), "fraction": "1"}] * 2}
        for _ in range(draw(st.integers(0, 1)))
    ]
    least = draw(st.integers(1, 10))
    return parse_question(
        {
            "type": "upload",
            "stem": draw(texts),
            "marks": draw(marks),
            "kinds": " ".join(draw(st.sets(st.sampled_from(["pdf", "docx", "ods", "jpg"])))),
            "least": least,
            "most": draw(st.integers(least, 10)),
            "megabytes": draw(st.integers(1, 10)),
            "notes": draw(maybe),
            "rubric": rubric,
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def descriptions(draw: st.DrawFn) -> Question:
    return parse_question(
        {"type": "description", "stem": draw(texts), "general_feedback": draw(maybe)}
    )


@st.composite
def surveys(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(["one", "several", "text"]))
    views = [] if kind == "text" else [{"text": text} for text in draw(_distinct(2))]
    return parse_question(
        {
            "type": "survey",
            "stem": draw(texts),
            "kind": kind,
            "views": views,
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def orderings(draw: st.DrawFn) -> Question:
    items = draw(_distinct(2))
    return parse_question(
        {
            "type": "ordering",
            "stem": draw(texts),
            "marks": draw(marks),
            "items": [{"text": text} for text in items],
            "scoring": draw(st.sampled_from(list(OrderScheme))).value,
            "pick": draw(st.sampled_from(["all", "random", "contiguous"])),
            "count": draw(st.integers(2, len(items))),
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def gaps(draw: st.DrawFn, kind: str) -> Question:
    listed = draw(st.lists(words, min_size=3, max_size=6, unique_by=same_text))
    placed = draw(st.permutations(range(1, len(listed) + 1)))[: draw(st.integers(1, 4))]
    text = " ".join(f"{draw(words)} [[{number}]]" for number in placed)
    return parse_question(
        {
            "type": kind,
            "stem": draw(maybe),
            "text": text,
            "marks": draw(marks),
            "words": [{"text": each, "group": 1} for each in listed],
            "reuse": draw(st.booleans()),
            "general_feedback": draw(maybe),
        }
    )


AREAS = [
    ("rectangle", "10,20 30,40.5"),
    ("ellipse", "50,50 10,8"),
    ("polygon", "60,60 90,60 75,90"),
    ("rectangle", "0,0 5,5"),
]


@st.composite
def picture_labels(draw: st.DrawFn) -> Question:
    labels = draw(st.lists(words, min_size=4, max_size=6, unique_by=same_text))
    places = draw(st.lists(words, min_size=1, max_size=4, unique_by=same_text))
    listed = [{"id": derive_id(text), "text": text, "group": 1} for text in labels]
    for text in labels[:2]:
        listed.append({"id": derive_id(text, prefix="g2-"), "text": text, "group": 2})
    ids = [each["id"] for each in listed]
    return _pictured(draw, places, listed, ids)


def _pictured(draw: st.DrawFn, places: list[str], listed: object, ids: list[str]) -> Question:
    alt = draw(st.sampled_from(["Harta", "O sală, văzută de sus"]))
    return parse_question(
        {
            "type": "picture_labels",
            "stem": draw(texts),
            "picture": f"![{alt}](0123456789abcdef0123.png)",
            "marks": draw(marks),
            "zones": [
                {"words": place, "shape": shape, "points": points, "label": label}
                for place, (shape, points), label in zip(
                    places, AREAS, draw(st.permutations(ids)), strict=False
                )
            ],
            "labels": listed,
            "reuse": draw(st.booleans()),
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def picture_markers(draw: st.DrawFn) -> Question:
    markers = draw(st.lists(words, min_size=1, max_size=4, unique_by=same_text))
    places = draw(st.lists(words, min_size=2, max_size=4, unique_by=same_text))
    listed = [{"id": derive_id(text), "text": text, "group": 1} for text in markers]
    ids = st.sampled_from(["", *(str(each["id"]) for each in listed)])
    chosen = [str(listed[0]["id"]), *(draw(ids) for _ in places[1:])]
    return parse_question(
        {
            "type": "picture_markers",
            "stem": draw(texts),
            "picture": "![O hartă](0123456789abcdef0123.png)",
            "marks": draw(marks),
            "zones": [
                {"words": place, "shape": shape, "points": points, "label": label}
                for place, (shape, points), label in zip(places, AREAS, chosen, strict=False)
            ],
            "labels": listed,
            "general_feedback": draw(maybe),
        }
    )


FORMULAS = ["a", "a+b", "-a*b/7", "a^2 - b^2", "sqrt(abs(a)) + max(a, b, 3)", "round(a*1.19, 1)"]


@st.composite
def calculateds(draw: st.DrawFn) -> Question:
    lows = draw(st.lists(st.integers(-1000, 1000), min_size=2, max_size=2))
    steps = st.sampled_from(["1", "0.5", "0.01", "10"])
    answers = draw(st.lists(st.sampled_from(FORMULAS), min_size=1, max_size=3))
    fractions = ["1", *[draw(st.sampled_from(["0", "0.5", "1"])) for _ in answers[1:]]]
    kinds = st.sampled_from(["nominal", "relative", "geometric"])
    return parse_question(
        {
            "type": "calculated",
            "stem": f"{draw(texts)} [[a]] și [[=a*b+1]] {draw(maybe)}",
            "marks": draw(marks),
            "variables": [
                {"name": name, "low": low, "high": low + 99, "step": draw(steps)}
                for name, low in zip("ab", lows, strict=True)
            ],
            "answers": [
                {
                    "formula": formula,
                    "tolerance": draw(st.one_of(st.just(""), reaches)),
                    "tolerance_kind": draw(kinds),
                    "fraction": fraction,
                    "feedback": draw(st.one_of(maybe, st.just("Era [[b]]."))),
                }
                for formula, fraction in zip(answers, fractions, strict=True)
            ],
            **draw(st.sampled_from(UNITS)),
            "rounding": draw(st.sampled_from(["decimals", "digits"])),
            "places": draw(st.integers(1, 6)),
            "other_feedback": draw(maybe),
            "general_feedback": draw(maybe),
        }
    )


@st.composite
def clozes(draw: st.DrawFn) -> Question:
    kinds = st.one_of(short_answers(), numericals(), single_choices(), multiple_choices())
    asked = [draw(kinds) for _ in range(draw(st.integers(1, 3)))]
    listed = []
    for each in asked:
        stored = rules_for(each).dump(each)
        own = {n: v for n, v in stored.items() if n not in ("stem", "marks", "type")}
        own |= {"general_feedback": "", "scoring": "", "unit": "", "plain_letters": False}
        look = draw(st.sampled_from(["list", "vertical", "horizontal"]))
        weight = draw(st.integers(1, 5))
        listed.append({**own, "kind": each.type, "weight": weight, "look": look})
    places = draw(st.permutations(range(1, len(listed) + 1)))
    return parse_question(
        {
            "type": "cloze",
            "stem": draw(maybe),
            "text": " ".join(f"{draw(words)} [[{number}]]" for number in sorted(places)),
            "marks": draw(marks),
            "gaps": listed,
            "general_feedback": draw(maybe),
        }
    )


questions = st.one_of(
    kprims(),
    essays(),
    uploads(),
    descriptions(),
    surveys(),
    orderings(),
    gaps("gap_select"),
    gaps("drag_words"),
    clozes(),
    calculateds(),
    picture_labels(),
    picture_markers(),
    single_choices(),
    multiple_choices(),
    true_falses(),
    matchings(),
    numericals(),
    short_answers(),
)


# What every format of other programs can say.
common_questions = st.one_of(
    single_choices(),
    multiple_choices(),
    true_falses(),
    matchings(),
    numericals(is_plain=True),
    short_answers(),
)

NAMES = ["choice", "choices", "pairs", "text", "order", "at", "decisions", "gaps", "files"]
_inner = st.dictionaries(st.sampled_from(["choice", "choices", "text"]), json_values, max_size=2)


@st.composite
def payloads_for(draw: st.DrawFn, question: Question) -> dict[str, object]:
    """Draw an answer that may be right, odd, or nonsense."""
    ids = [*rules_for(question).option_ids(question), "unknown"]
    chosen = st.sampled_from(ids)
    stems = [stem.id for stem in getattr(question, "stems", ())] or ["unknown"]
    places = st.sampled_from(["1", "2", "3", "x"])
    return draw(
        st.one_of(
            st.fixed_dictionaries({"choice": chosen}),
            st.fixed_dictionaries({"choices": st.lists(chosen, max_size=6)}),
            st.fixed_dictionaries({"pairs": st.dictionaries(st.sampled_from(stems), chosen)}),
            st.fixed_dictionaries({"text": st.one_of(decimals, st.text(max_size=20))}),
            st.fixed_dictionaries({"order": st.permutations(ids[:-1]).map(list)}),
            st.fixed_dictionaries(
                {"at": st.dictionaries(chosen, st.sampled_from(["1", "2", "x"]))}
            ),
            st.fixed_dictionaries(
                {"decisions": st.dictionaries(chosen, st.sampled_from(["true", "false", "?"]))}
            ),
            st.fixed_dictionaries({"gaps": st.dictionaries(places, chosen)}),
            st.fixed_dictionaries({"gaps": st.dictionaries(places, _inner)}),
            st.dictionaries(st.sampled_from(NAMES), json_values),
        )
    )

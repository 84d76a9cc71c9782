"""QTI 1.2, which many systems still write: items of a test, read only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from html import escape
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.pictures import Album
from lms.quizzes.exchange.qti.html import beside, inner_html, markdown
from lms.quizzes.exchange.qti.scoring import number_of, share
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import (
    LONGEST_NAME,
    Losses,
    Lost,
    ReadQuestion,
    not_supported,
    parsed,
    usable_id,
    with_id,
)
from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.ids import derive_id, same_text
from lms.quizzes.question_types.payload import number_text, rounded
from lms.quizzes.question_types.protocol import InvalidQuestion, Question

Files = Callable[[str], bytes | None]
Found = tuple[dict[str, object], list[int]]

PREFIX = "qti-"
_RESPONSES = {"response_lid", "response_str", "response_num", "response_xy", "response_grp"}
_PLACE_OF_FILES = ("$IMS-CC-FILEBASE$", "$IMS_CC_FILEBASE$", "$IMS_CC_FILE_BASE$")
_TRUTH = {"true": True, "adevărat": True, "false": False, "fals": False}
_MOST_LABELS = 200  # far above what a question may have: each is looked for in every condition
_OTHERS = {"essay_question", "file_upload_question", "calculated_question", "text_only_question"}


class _Unfit(ValueError):
    def __init__(self, kind: ProblemKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def read_old(root: Element, files: Files, folder: str = "") -> Iterator[ReadQuestion]:
    """Yield the items of a document in the spelling of `names.canonical`."""
    yield from _in_section(root, files, folder, "")


def _in_section(
    parent: Element, files: Files, folder: str, category: str
) -> Iterator[ReadQuestion]:
    for child in parent:
        if child.tag == "item":
            yield _Item(child, files, folder).read(category)
        elif child.tag in {"assessment", "section", "objectbank"}:
            title = " ".join(child.get("title", "").split()).replace("/", "-")
            inner = (
                "/".join(filter(None, (category, title))) if child.tag == "section" else category
            )
            yield from _in_section(child, files, folder, inner)


class _Item:
    """Reads one item."""

    def __init__(self, item: Element, files: Files, folder: str) -> None:
        self.item = item
        self.name = " ".join(item.get("title", "").split())[:LONGEST_NAME]
        self.album = Album()
        self.losses = Losses()
        self._files, self._folder = files, folder
        self._feedback = {e.get("ident", ""): e for e in item.findall("itemfeedback")}
        self._used: set[str] = set()

    def read(self, category: str) -> ReadQuestion:
        """Read the question, or say why it can't be one."""
        problems: list[Problem] = []
        question: Question | None = None
        line = line_of(self.item)
        try:
            payload, lines = self._payload()
        except _Unfit as unfit:
            if unfit.kind is ProblemKind.NOT_SUPPORTED:
                problems.append(not_supported(line, self.name, unfit.reason))
            else:
                problems.append(Problem(line, unfit.kind, self.name, reason=unfit.reason))
        else:

            def find(invalid: InvalidQuestion) -> int:
                has_own = invalid.index is not None and invalid.index < len(lines)
                return lines[invalid.index or 0] if has_own else line

            payload |= {"general_feedback": self._said("general_fb"), "marks": self._marks()}
            question = parsed(payload, self.name, find, problems)
            if set(self._feedback) - self._used:
                self.losses.add(Lost.COMBINED_FEEDBACK)
        read = ReadQuestion(
            name=self.name,
            question=question,
            type_name=self._declared(),
            category=category,
            problems=(*problems, *self.losses.told(line, self.name)),
            line=line,
            id=usable_id(self.item.get("ident", ""), PREFIX.rstrip("-")),
            files=self.album.files,
        )
        return with_id(read, PREFIX)

    # Parts ------------------------------------------------------------------------------------

    def _metadata(self, label: str) -> str:
        for each in self.item.iter("qtimetadatafield"):
            if (each.findtext("fieldlabel") or "").strip() == label:
                return (each.findtext("fieldentry") or "").strip()
        return ""

    def _declared(self) -> str:
        return self._metadata("question_type")

    def _marks(self) -> Decimal:
        points = number_of(self._metadata("points_possible"))
        return points or Decimal(1)

    def _text(self, holder: Element) -> str:
        """Read the materials of an element, not those of what stands in it to answer."""
        parts = []
        for each in holder:
            if each.tag == "material":
                parts += [self._material(text) for text in each.findall("mattext")]
            elif each.tag in {"flow", "flow_mat", "flow_label"}:
                parts.append(self._text(each))
        return "\n\n".join(part for part in parts if part)

    def _material(self, text: Element) -> str:
        html = inner_html(text) if len(text) else (text.text or "")
        if text.get("texttype", "text/plain") == "text/plain" and not len(text):
            html = escape(html, quote=False)
        return markdown(html, self._picture, self.losses.add)

    def _picture(self, address: str) -> str:
        plain = address
        for place in _PLACE_OF_FILES:
            plain = plain.replace(place, "")
        paths = [beside(self._folder, plain.lstrip("/")), beside("", plain.lstrip("/"))]
        data = next(filter(None, map(self._files, filter(None, paths))), None)
        if data is not None:
            self.album.add(address, data)
        return self.album.name(address)

    def _said(self, identifier: str) -> str:
        element = self._feedback.get(identifier)
        if element is None:
            return ""
        self._used.add(identifier)
        return self._text(element)

    def _payload(self) -> Found:
        presentation = self.item.find("presentation")
        if presentation is None:
            raise _Unfit(ProblemKind.NOT_SUPPORTED, "presentation")
        responses = [e for e in presentation.iter() if e.tag in _RESPONSES]
        name = self._declared()
        stem = self._text(presentation)
        if name in _OTHERS or not responses:
            raise _Unfit(ProblemKind.NOT_SUPPORTED, name or "response")
        if len(responses) > 1:
            payload, lines = self._matching(responses, name)
        elif (
            responses[0].tag == "response_lid" and responses[0].find(".//render_choice") is not None
        ):
            payload, lines = self._choice(responses[0])
        elif responses[0].tag in {"response_str", "response_num"}:
            payload, lines = self._typed(responses[0])
        else:
            raise _Unfit(ProblemKind.NOT_SUPPORTED, name or str(responses[0].tag))
        return {**payload, "stem": stem}, lines

    # Choices ----------------------------------------------------------------------------------

    def _choice(self, response: Element) -> Found:
        labels = list(response.iter("response_label"))
        if len(labels) > _MOST_LABELS:
            raise _Unfit(ProblemKind.TOO_LARGE, "response_label")
        names = [label.get("ident", "") for label in labels]
        is_single = response.get("rcardinality", "Single") == "Single"
        worth = self._worth(response.get("ident", ""), names)
        if is_single:
            most = max(worth.values(), default=Decimal(0))
        else:
            most = sum((v for v in worth.values() if v > 0), Decimal(0))
        if most <= 0:
            raise _Unfit(ProblemKind.BAD_ANSWERS, "resprocessing")
        fractions = {n: max(Decimal(-1), share(worth[n], most)) for n in names}
        texts = {n: self._text(label) for n, label in zip(names, labels, strict=True)}
        said = {n: self._of_answer(n, fractions[n], is_single) for n in names}
        words = {texts[n].casefold(): n for n in names}
        if is_single and len(words) == 2 and {_TRUTH.get(word) for word in words} == {True, False}:
            return self._true_false(words, fractions, said)
        options = [
            {"text": texts[n], "fraction": number_text(fractions[n]), "feedback": said[n]}
            for n in names
        ]
        kind = "single_choice" if is_single else "multiple_choice"
        payload: dict[str, object] = {"type": kind, "options": options}
        if not is_single and self._is_all_or_nothing(response.get("ident", "")):
            payload["scoring"] = "all_or_nothing"
        return payload, [line_of(label) for label in labels]

    def _true_false(
        self, words: dict[str, str], fractions: dict[str, Decimal], said: dict[str, str]
    ) -> Found:
        by_truth = {_TRUTH[word]: name for word, name in words.items()}
        return {
            "type": "true_false",
            "answer": fractions[by_truth[True]] == 1,
            "feedback_true": said[by_truth[True]],
            "feedback_false": said[by_truth[False]],
        }, []

    def _conditions(self, response: str) -> Iterator[tuple[Element, list[str], Decimal]]:
        """Yield each condition with the answers it asks for, and what it sets."""
        for condition in self.item.iter("respcondition"):
            wanted = [
                (e.text or "").strip()
                for e in _not_negated(condition)
                if e.tag == "varequal" and e.get("respident", response) == response
            ]
            values = [number_of(e.text) for e in condition.findall("setvar")]
            yield condition, wanted, next((v for v in values if v is not None), Decimal(0))

    def _worth(self, response: str, names: list[str]) -> dict[str, Decimal]:
        worth = dict.fromkeys(names, Decimal(0))
        for _condition, wanted, value in self._conditions(response):
            known = [name for name in dict.fromkeys(wanted) if name in worth]
            if value and known:
                for name in known:
                    worth[name] = value / len(known)
        return {name: rounded(value, 9) for name, value in worth.items()}

    def _is_all_or_nothing(self, response: str) -> bool:
        scored = [wanted for _c, wanted, value in self._conditions(response) if value and wanted]
        return len(scored) == 1

    def _of_answer(self, name: str, fraction: Decimal, is_single: bool) -> str:
        for condition in self.item.iter("respcondition"):
            wanted = [(e.text or "").strip() for e in _not_negated(condition)]
            link = condition.find("displayfeedback")
            if wanted == [name] and link is not None:
                return self._said(link.get("linkrefid", ""))
        if said := self._said(f"{name}_fb"):
            return said
        if not is_single:
            return ""
        return self._said("correct_fb" if fraction == 1 else "general_incorrect_fb")

    # Words, numbers and pairs -----------------------------------------------------------------

    def _typed(self, response: Element) -> Found:
        fib = response.find(".//render_fib")
        kind = fib.get("fibtype", "String") if fib is not None else "String"
        is_number = response.tag == "response_num" or kind in {"Decimal", "Integer", "Scientific"}
        return self._number(response) if is_number else self._words(response)

    def _words(self, response: Element) -> Found:
        found: dict[str, Decimal] = {}
        cases = set()
        for condition, wanted, value in self._conditions(response.get("ident", "")):
            for word in wanted:
                found[word] = max(value, found.get(word, Decimal(0)))
                cases |= {e.get("case", "No") for e in condition.iter("varequal")}
        most = max(found.values(), default=Decimal(0))
        if most <= 0:
            raise _Unfit(ProblemKind.NOT_SUPPORTED, self._declared() or "render_fib")
        answers = [
            {"text": word.replace("*", "\\*"), "fraction": number_text(share(value, most))}
            for word, value in found.items()
            if value > 0
        ]
        return {"type": "short_answer", "answers": answers, "case": cases == {"Yes"}}, []

    def _number(self, response: Element) -> Found:
        answers = []
        values = [v for _c, _w, v in self._conditions(response.get("ident", "")) if v > 0]
        most = max(values, default=Decimal(0))
        for condition, wanted, value in self._conditions(response.get("ident", "")):
            if value <= 0:
                continue
            low, high = (number_of(condition.findtext(f".//{t}")) for t in ("vargte", "varlte"))
            exact = number_of(wanted[0]) if wanted else None
            if low is not None and high is not None:
                middle, reach = (low + high) / 2, abs(high - low) / 2
            elif exact is not None:
                middle, reach = exact, Decimal(0)
            else:
                raise _Unfit(ProblemKind.NOT_SUPPORTED, self._declared() or "calculated")
            answers.append(
                {
                    "value": number_text(middle),
                    "tolerance": number_text(reach),
                    "fraction": number_text(share(value, most)),
                }
            )
        return {"type": "numerical", "answers": answers}, []

    def _matching(self, responses: list[Element], name: str) -> Found:
        if name not in {"", "matching_question"} or {e.tag for e in responses} != {"response_lid"}:
            raise _Unfit(ProblemKind.NOT_SUPPORTED, name or f"response × {len(responses)}")
        if len(responses) > _MOST_LABELS:
            raise _Unfit(ProblemKind.TOO_LARGE, "response_lid")
        answers: dict[str, dict[str, str]] = {}
        stems = []
        for response in responses:
            labels = {e.get("ident", ""): self._text(e) for e in response.iter("response_label")}
            for text in labels.values():
                identity = derive_id(text, prefix="a")
                answers.setdefault(same_text(text), {"id": identity, "text": text})
            scored = self._conditions(response.get("ident", ""))
            right = [w for _c, wanted, value in scored if value > 0 for w in wanted]
            text = self._text(response)
            if len(right) != 1 or right[0] not in labels or not text:
                raise _Unfit(ProblemKind.NOT_SUPPORTED, name or f"response × {len(responses)}")
            stems.append({"text": text, "answer": derive_id(labels[right[0]], prefix="a")})
        payload: dict[str, object] = {
            "type": "matching",
            "stems": stems,
            "answers": list(answers.values()),
        }
        return payload, [line_of(each) for each in responses]


def _not_negated(condition: Element) -> Iterator[Element]:
    """Go through what a condition asks for, without what must not be given."""
    for child in condition:
        if child.tag != "not":
            yield from _not_negated(child)
            if child.tag == "varequal":
                yield child

"""QTI's two spellings: `choiceInteraction` of 2.x is `qti-choice-interaction` in 3.0."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.xml_stream import LINE, local

PREFIX = "qti-"
NAMESPACES = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
_DASHED = re.compile(r"-([a-z])")
_CAPITAL = re.compile(r"([A-Z])")


def canonical(element: Element) -> Element:
    """Copy a tree in the spelling of 2.x, without namespaces; lines stay."""
    name = local(element)
    is_new = name.startswith(PREFIX)
    copy = Element(_camel(name.removeprefix(PREFIX)) if is_new else name)
    copy.text, copy.tail = element.text, element.tail
    for key, value in element.attrib.items():
        plain = key.rpartition("}")[2]
        keeps = key == LINE or plain.startswith("data-") or not is_new
        copy.set(plain if keeps else _camel(plain), value)
    for child in element:
        copy.append(canonical(child))
    return copy


def new_spelling(element: Element) -> None:
    """Respell a tree of 2.x as 3.0, in place; what is HTML stays."""
    if element.tag in QTI_NAMES:
        element.attrib = {_dashed(key): value for key, value in element.attrib.items()}
        element.tag = PREFIX + _dashed(element.tag)
    for child in element:
        new_spelling(child)


def _camel(name: str) -> str:
    return _DASHED.sub(lambda match: match[1].upper(), name)


def _dashed(name: str) -> str:
    if name.startswith(("xml", "xsi")):
        return name
    return _CAPITAL.sub(lambda match: f"-{match[1].lower()}", name)


# What our writer uses of QTI; everything else in an item is HTML.
QTI_NAMES = {
    *("assessmentItem", "responseDeclaration", "correctResponse", "value", "mapping", "mapEntry"),
    *("outcomeDeclaration", "defaultValue", "itemBody", "prompt", "simpleChoice", "simpleMatchSet"),
    *("choiceInteraction", "matchInteraction", "textEntryInteraction", "extendedTextInteraction"),
    *("orderInteraction", "simpleAssociableChoice", "responseProcessing", "responseCondition"),
    *("responseIf", "responseElseIf", "responseElse", "match", "equal", "variable", "correct"),
    *("baseValue", "setOutcomeValue", "mapResponse", "multiple", "modalFeedback", "contentBody"),
    *("assessmentTest", "testPart", "assessmentSection", "assessmentItemRef", "rubricBlock"),
    *("inlineChoiceInteraction", "inlineChoice", "sum", "product"),
}

"""A formula that an author wrote, evaluated in `Decimal` by simpleeval with nearly all taken away.

What is left: numbers, variables, `+ - * / ^`, brackets and the functions below. A formula is short,
so is its tree; every value is bounded and of 34 digits, so is the time that one evaluation takes.
There are no attributes, no texts, no comparisons, no lists; a name is a variable or a function.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from decimal import DecimalException as ArithmeticFault
from functools import cache, lru_cache
from typing import Any

from lms.quizzes.question_types.protocol import QuestionFault

LONGEST = 200
LARGEST = Decimal("1e30")
HIGHEST_POWER = 200
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}", re.ASCII)
_DIGITS = 34
_GUARD = 50
_TOKENS = re.compile(
    r"\s*(?:(?P<number>(?:\d{1,20}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?)(?![\w.])"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]{0,19})(?!\w)|\*\*|[-+*/^(),])",
    re.ASCII,
)
_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
_FARTHEST = Decimal(10) ** 9  # an angle beyond has lost its digits


class BadFormula(ValueError):
    """Say why a formula can't be used."""

    def __init__(self, reason: QuestionFault, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def _bounded(value: object) -> Decimal:
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) > LARGEST:
        raise BadFormula(QuestionFault.NOT_COMPUTABLE)
    return value


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > HIGHEST_POWER:
        raise BadFormula(QuestionFault.NOT_COMPUTABLE)
    return base**exponent


def _places(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    if places != places.to_integral_value() or not -15 <= places <= 15:
        raise BadFormula(QuestionFault.NOT_COMPUTABLE)
    wide = Context(prec=80, rounding=ROUND_HALF_UP)
    return value.quantize(Decimal(1).scaleb(-int(places)), context=wide)


def _exp(value: Decimal) -> Decimal:
    if abs(value) > HIGHEST_POWER:
        raise BadFormula(QuestionFault.NOT_COMPUTABLE)
    return value.exp()


def _sine(angle: Decimal, shift: int = 0) -> Decimal:
    """Sum the series of the sine, or with a shift of one that of the cosine."""
    if abs(angle) > _FARTHEST:
        raise BadFormula(QuestionFault.NOT_COMPUTABLE)
    with localcontext(prec=_GUARD):
        angle %= 2 * _PI
        term = angle if shift == 0 else Decimal(1)
        total, at = term, 1 - shift
        while abs(term) > Decimal("1e-45"):
            at += 2
            term *= -angle * angle / (at * (at - 1))
            total += term
    total = +total
    return Decimal(0) if abs(total) < Decimal("1e-40") else total


def _cosine(angle: Decimal) -> Decimal:
    return _sine(angle, shift=1)


FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Decimal]]] = {
    "abs": (1, 1, abs),
    "ceil": (1, 1, lambda value: value.to_integral_value(ROUND_CEILING)),
    "cos": (1, 1, _cosine),
    "exp": (1, 1, _exp),
    "floor": (1, 1, lambda value: value.to_integral_value(ROUND_FLOOR)),
    "ln": (1, 1, lambda value: value.ln()),
    "log10": (1, 1, lambda value: value.log10()),
    "max": (1, 10, lambda *values: max(values)),
    "min": (1, 10, lambda *values: min(values)),
    "pi": (0, 0, lambda: +_PI),
    "pow": (2, 2, _power),
    "round": (1, 2, _places),
    "sin": (1, 1, _sine),
    "sqrt": (1, 1, lambda value: value.sqrt()),
    "tan": (1, 1, lambda value: _sine(value) / _cosine(value)),
}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


_KNOWN = (
    *(ast.Expr, ast.Name, ast.Load, ast.UnaryOp, ast.BinOp, ast.Call, ast.Constant),
    *_OPERATORS,
)


@cache
def _evaluator() -> tuple[Any, type[Exception]]:
    """Take simpleeval, but for most of it; loaded with the first formula, few processes need it."""
    from simpleeval import InvalidExpression, SimpleEval

    class Evaluator(SimpleEval):  # type: ignore[misc]
        """Knows five kinds of nodes and only decimal numbers."""

        def __init__(self, names: Mapping[str, Decimal]) -> None:
            functions = {name: found[2] for name, found in FUNCTIONS.items()}
            super().__init__(operators=dict(_OPERATORS), functions=functions, names=names)
            kept = (ast.Expr, ast.Name, ast.UnaryOp, ast.BinOp, ast.Call)
            known: dict[type[ast.AST], Callable[[Any], Decimal]] = vars(self)["nodes"]
            self.nodes = {kind: known[kind] for kind in kept} | {ast.Constant: _number}

        def _eval(self, node: ast.AST) -> Decimal:
            return _bounded(super()._eval(node))

    return Evaluator, InvalidExpression


def _number(node: ast.Constant) -> Decimal:
    return Decimal(str(node.value))


@lru_cache(maxsize=2048)
def compiled(formula: str) -> tuple[ast.stmt, frozenset[str]]:
    """Read a formula; return its tree and the variables in it. Raise `BadFormula`."""
    written = formula.strip()
    if not written:
        raise BadFormula(QuestionFault.MISSING)
    if len(written) > LONGEST:
        raise BadFormula(QuestionFault.TOO_LONG)
    at = 0
    while at < len(written):
        token = _TOKENS.match(written, at)
        if token is None or token.end() == at:
            raise BadFormula(QuestionFault.BAD_FORMULA, written[at : at + 20])
        at = token.end()
    try:
        tree = ast.parse(" ".join(written.replace("^", "**").split()))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadFormula(QuestionFault.BAD_FORMULA, written[:20]) from error
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        raise BadFormula(QuestionFault.BAD_FORMULA, written[:20])
    return tree.body[0], _names(tree.body[0])


def _names(tree: ast.stmt) -> frozenset[str]:
    """Check what the tree is made of, and list its variables."""
    called: set[ast.AST] = set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
                raise BadFormula(QuestionFault.UNKNOWN_FUNCTION)
            least, most, _do = FUNCTIONS[node.func.id]
            if node.keywords or not least <= len(node.args) <= most:
                raise BadFormula(QuestionFault.BAD_FORMULA, node.func.id)
            called.add(node.func)
    for node in ast.walk(tree):
        if not isinstance(node, _KNOWN) or isinstance(getattr(node, "value", 0), bool | None):
            raise BadFormula(QuestionFault.BAD_FORMULA, type(node).__name__)
        if isinstance(node, ast.Name) and node not in called:
            names.add(node.id)
    return frozenset(names)


def value_of(formula: str, values: Mapping[str, Decimal]) -> Decimal:
    """Evaluate a formula; raise `BadFormula` where it gives no number."""
    tree, names = compiled(formula)
    if missing := sorted(names - set(values)):
        raise BadFormula(QuestionFault.UNKNOWN_VARIABLE, missing[0])
    evaluator, refusal = _evaluator()
    try:
        with localcontext(Context(prec=_DIGITS, rounding=ROUND_HALF_UP)) as context:
            context.traps = dict.fromkeys(context.traps, False)
            for trapped in (DivisionByZero, InvalidOperation, Overflow):
                context.traps[trapped] = True
            return _bounded(evaluator(values).eval(formula, tree))
    except (ArithmeticFault, refusal, RecursionError, TypeError) as error:
        raise BadFormula(QuestionFault.NOT_COMPUTABLE) from error

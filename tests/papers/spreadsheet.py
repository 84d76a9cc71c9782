"""A small spreadsheet: works out the formulas of a workbook, as far as our papers use them."""

from __future__ import annotations

import io
import operator
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

Value = str | Decimal | bool | None
Area = list[list[Value]]
_RANGE = re.compile(r"(?:'([^']+)'!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


class FormulaError(Exception):
    """What a cell shows as #N/A or #DIV/0!."""


class Spreadsheet:
    """A workbook that can be filled in and read."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.known: dict[tuple[str, str], Value] = {}

    def fill(self, sheet: str, **cells: Any) -> None:
        """Write into cells that are there to be filled in: B7="Sala"."""
        for at, value in cells.items():
            cell = self.book[sheet][at]
            assert not cell.protection.locked, f"{sheet}!{at} is not there to be filled in"
            cell.value = value
        self.known.clear()

    def value(self, sheet: str, at: str) -> Value:
        """Return what a cell shows."""
        key = (sheet, at)
        if key not in self.known:
            self.known[key] = self._worked_out(sheet, self.book[sheet][at].value)
        return self.known[key]

    def _worked_out(self, sheet: str, raw: Any) -> Value:
        if isinstance(raw, str) and raw.startswith("="):
            found = _Reader(self, sheet, raw).result()
            return Decimal(0) if found is None else found
        if isinstance(raw, date | datetime):
            return Decimal((raw.date() if isinstance(raw, datetime) else raw).toordinal())
        if isinstance(raw, bool) or raw is None or isinstance(raw, str):
            return raw
        return Decimal(str(raw))

    def area(self, sheet: str, address: str) -> Area:
        """Return the cells of an address."""
        match = _RANGE.fullmatch(address)
        assert match, address
        name = match[1] or sheet
        first, last = f"{match[2]}{match[3]}", f"{match[4] or match[2]}{match[5] or match[3]}"
        rows = self.book[name][f"{first}:{last}"]
        return [[self.value(name, cell.coordinate) for cell in row] for row in rows]

    def faults(self) -> list[str]:
        """Work out every formula; name those that come out as errors."""
        found = []
        for page in self.book.worksheets:
            for row in page.iter_rows():
                for cell in row:
                    try:
                        self.value(page.title, cell.coordinate)
                    except FormulaError as error:
                        found.append(f"{page.title}!{cell.coordinate}: {error}")
        return found


def _same(a: Value, b: Value) -> bool:
    if a is None or b is None:
        return (a or b or "") in ("", Decimal(0))
    if isinstance(a, str) and isinstance(b, str):
        return a.casefold() == b.casefold()
    return type(a) is type(b) and a == b


def _number(value: Value) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, str):
        raise FormulaError("#VALUE!")
    return Decimal(int(value)) if isinstance(value, bool) else value


def _text(value: Value) -> str:
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace(".", ",")
    return "" if value is None else str(value)


def _divided(a: Decimal, b: Decimal) -> Decimal:
    if not b:
        raise FormulaError("#DIV/0!")
    return a / b


_OPERATORS: dict[str, tuple[int, Callable[[Any, Any], Any]]] = {
    "=": (1, _same),
    "<>": (1, lambda a, b: not _same(a, b)),
    "<": (1, lambda a, b: _number(a) < _number(b)),
    ">": (1, lambda a, b: _number(a) > _number(b)),
    "<=": (1, lambda a, b: _number(a) <= _number(b)),
    ">=": (1, lambda a, b: _number(a) >= _number(b)),
    "&": (2, lambda a, b: _text(a) + _text(b)),
    "+": (3, lambda a, b: _number(a) + _number(b)),
    "-": (3, lambda a, b: _number(a) - _number(b)),
    "*": (4, lambda a, b: _number(a) * _number(b)),
    "/": (4, lambda a, b: _divided(_number(a), _number(b))),
}


class _Reader:
    """One formula being worked out; a branch that isn't taken isn't worked out."""

    def __init__(self, book: Spreadsheet, sheet: str, formula: str) -> None:
        self.book, self.sheet = book, sheet
        self.tokens = [t for t in Tokenizer(formula).items if t.type != Token.WSPACE]
        self.at = 0

    def result(self) -> Any:
        found = self._expression(0)()
        assert self.at == len(self.tokens), "something is left over"
        return _alone(found)

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _expression(self, least: int) -> Callable[[], Any]:
        left = self._operand()
        while (token := self._peek()) is not None and token.type == Token.OP_IN:
            strength, act = _OPERATORS[token.value]
            if strength <= least:
                break
            self._next()
            right = self._expression(strength)
            left = _applied(act, left, right)
        return left

    def _operand(self) -> Callable[[], Any]:
        token = self._next()
        if token.type == Token.OP_PRE:
            inner = self._operand()
            return lambda: -_number(_alone(inner()))
        if token.type == Token.PAREN:
            inner = self._expression(0)
            self._next()
            return inner
        if token.type == Token.FUNC:
            return self._function(token.value.rstrip("("))
        assert token.type == Token.OPERAND, token.value
        match token.subtype:
            case Token.TEXT:
                return lambda: token.value[1:-1].replace('""', '"')
            case Token.NUMBER:
                return lambda: Decimal(token.value)
            case Token.RANGE:
                return lambda: self.book.area(self.sheet, token.value)
        raise AssertionError(token.value)

    def _function(self, name: str) -> Callable[[], Any]:
        arguments: list[Callable[[], Any]] = []
        while True:
            token = self._peek()
            assert token is not None
            if token.type == Token.FUNC and token.subtype == Token.CLOSE:
                self._next()
                return lambda: _FUNCTIONS[name](*arguments)
            if token.type == Token.SEP:
                self._next()
            arguments.append(self._expression(0))


def _applied(act: Callable[[Any, Any], Any], left: Any, right: Any) -> Callable[[], Any]:
    return lambda: act(_alone(left()), _alone(right()))


def _alone(found: Any) -> Any:
    """Return the one cell of an area that is one cell."""
    if isinstance(found, list):
        assert len(found) == len(found[0]) == 1, "an area stands where one value is wanted"
        return found[0][0]
    return found


def _cells(*arguments: Callable[[], Any]) -> Iterator[Value]:
    for argument in arguments:
        found = argument()
        if isinstance(found, list):
            for row in found:
                yield from row
        else:
            yield found


def _sum(*arguments: Callable[[], Any]) -> Decimal:
    return sum((c for c in _cells(*arguments) if isinstance(c, Decimal)), Decimal(0))


_COMPARED = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)


def _fits(value: Value, wanted: Value) -> bool:
    """Whether a cell fits a criterion such as „da”, „<=3” or „De corectat*”."""
    if not isinstance(wanted, str):
        return _same(value, wanted)
    match = _COMPARED.fullmatch(wanted)
    assert match
    sign, rest = match[1] or "=", match[2]
    if re.fullmatch(r"-?\d+", rest):
        sides = (value, Decimal(rest))
        acts = {"=": operator.eq, "<=": operator.le, ">=": operator.ge, "<": operator.lt}
        return isinstance(value, Decimal) and acts[sign](*sides)
    assert sign == "="
    shown = _text(value).casefold()
    if rest.endswith("*"):
        return shown.startswith(rest[:-1].casefold())
    return value is not None and shown == rest.casefold()


def _counted(*pairs: Callable[[], Any]) -> Decimal:
    return Decimal(sum(_matching(*pairs)))


def _matching(*pairs: Callable[[], Any]) -> list[bool]:
    columns = [list(_cells(pair)) for pair in pairs[::2]]
    wanted = [_alone(pair()) for pair in pairs[1::2]]
    return [
        all(_fits(value, want) for value, want in zip(row, wanted, strict=True))
        for row in zip(*columns, strict=True)
    ]


def _sum_where(summed: Callable[[], Any], *pairs: Callable[[], Any]) -> Decimal:
    chosen = zip(_cells(summed), _matching(*pairs), strict=True)
    return sum((v for v, fits in chosen if fits and isinstance(v, Decimal)), Decimal(0))


def _if(test: Any, then: Any, otherwise: Any) -> Any:
    return _alone(then()) if _alone(test()) else _alone(otherwise())


def _if_error(tried: Any, otherwise: Any) -> Any:
    try:
        return _alone(tried())
    except FormulaError:
        return _alone(otherwise())


def _match(wanted: Any, area: Any, kind: Any) -> Decimal:
    assert _alone(kind()) == 0
    for at, value in enumerate(_cells(area), 1):
        if value is not None and _same(value, _alone(wanted())):
            return Decimal(at)
    raise FormulaError("#N/A")


def _index(area: Any, at: Any) -> Value:
    return list(_cells(area))[int(_number(_alone(at()))) - 1]


def _rounded(how: str) -> Callable[[Any, Any], Decimal]:
    def act(value: Any, places: Any) -> Decimal:
        exponent = Decimal(1).scaleb(-int(_number(_alone(places()))))
        return _number(_alone(value())).quantize(exponent, how)

    return act


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": _sum,
    "SUMIFS": _sum_where,
    "COUNTIF": _counted,
    "COUNTIFS": _counted,
    "COUNTA": lambda *a: Decimal(sum(c is not None for c in _cells(*a))),
    "IF": _if,
    "IFERROR": _if_error,
    "AND": lambda *a: all(_alone(x()) for x in a),
    "OR": lambda *a: any(_alone(x()) for x in a),
    "MATCH": _match,
    "INDEX": _index,
    "ROUND": _rounded(ROUND_HALF_UP),
    "ROUNDUP": _rounded(ROUND_UP),
}

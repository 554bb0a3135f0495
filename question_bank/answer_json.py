"""Frozen JSON of fields (public) and of answers (never public)."""

from dataclasses import replace
from fractions import Fraction

from question_bank import values
from question_bank.answers import (
    Answer,
    Array,
    Choice,
    Choices,
    Criterion,
    Expression,
    Integer,
    Number,
    Raises,
    Shape,
    Undetermined,
    Written,
)
from question_bank.errors import FormatError
from question_bank.frozen import rational, take, take_all, take_rational, text
from question_bank.message import Message
from question_bank.values import KINDS, Expr, Field, Grid, Json, Raised, Value, value_from_json, value_to_json


def field_to_json(field: Field) -> Json:
    """Freeze a field; what few fields have is left out where it is not there."""
    frozen: dict[str, Json] = {
        "kind": field.kind,
        "unit": field.unit,
        "axes": list(field.axes),
        "options": list(field.options),
        "size": None if field.size is None else list(field.size),
        "may_raise": field.may_raise,
    }
    if field.may_be_undetermined:
        frozen["may_be_undetermined"] = True
    if field.symbols:
        frozen["symbols"] = list(field.symbols)
    return frozen


def field_from_json(data: Json) -> Field:
    """Read what `field_to_json` wrote.

    Raises:
        FormatError: it is no field.
    """
    kind = take(data, "kind", str)
    if kind not in KINDS:
        raise FormatError(f"kind={kind!r}: expected one of {', '.join(KINDS)}")
    sized = _has(data, "size") and take(data, "size", object) is not None
    return Field(
        kind,  # type: ignore[arg-type]  # one of KINDS, which are the literal's own
        unit=take(data, "unit", str),
        axes=take_all(data, "axes", text),
        options=take_all(data, "options", text),
        size=tuple(int(length) for length in take_all(data, "size", rational)) if sized else None,
        may_raise=take(data, "may_raise", bool),
        may_be_undetermined=take(data, "may_be_undetermined", bool)
        if _has(data, "may_be_undetermined")
        else False,
        symbols=take_all(data, "symbols", text) if _has(data, "symbols") else (),
    )


def answer_to_json(answer: Answer) -> Json:
    """Freeze the key of an answer; its field is frozen beside it."""
    frozen: dict[str, Json] = {"value": value_to_json(answer.value)}
    if isinstance(answer, Number):
        frozen["tolerance"] = value_to_json(answer.tolerance)
    if isinstance(answer, Written):
        frozen["rubric"] = [{"text": line.text.to_json(), "points": line.points} for line in answer.rubric]
    return frozen


def answer_from_json(field: Field, data: Json) -> Answer:
    """Read what `answer_to_json` wrote, for the field beside it.

    Raises:
        FormatError: it is no answer to this field.
    """
    value = value_from_json(take(data, "value", object))  # type: ignore[arg-type]  # any JSON; it is judged there
    answer = _instead(field, value) or _numeric(field, value, data) or _other(field, value, data)
    if answer is None:
        raise FormatError(f"answer {value!r}: expected a value of the kind {field.kind}")
    return answer


def _instead(field: Field, value: Value) -> Answer | None:
    """Return the answer that may stand in place of one of any kind."""
    plain = replace(field, may_raise=False, may_be_undetermined=False)
    if isinstance(value, Raised):
        return Raises(plain)
    return Undetermined(plain) if isinstance(value, values.Undetermined) else None


def _numeric(field: Field, value: Value, data: Json) -> Answer | None:
    match field.kind, value:
        case "integer", int():
            return Integer(value, field.unit)
        case "number", int() | Fraction():
            return Number(value, take_rational(data, "tolerance"), field.unit)
        case "shape", tuple():
            return Shape(value, field.axes)
        case "array", Grid():
            return Array(value, show_size=field.size is not None)
    return None


def _other(field: Field, value: Value, data: Json) -> Answer | None:
    match field.kind, value:
        case "choice", str():
            return Choice(field.options, value)
        case "choices", str():
            return Choices(field.options, value)
        case "expression", Expr(expression):
            return Expression(expression, field.symbols)
        case "text", values.Prose():
            return Written(take_all(data, "rubric", _criterion))
    return None


def _criterion(data: Json) -> Criterion:
    return Criterion(Message.from_json(take(data, "text", dict)), take(data, "points", int))


def _has(data: Json, name: str) -> bool:
    return isinstance(data, dict) and name in data

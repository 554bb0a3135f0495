"""Frozen JSON of fields (public) and of answers (never public)."""

from dataclasses import replace
from fractions import Fraction

from question_bank.answers import Answer, Array, Choice, Integer, Number, Raises, Shape
from question_bank.errors import FormatError
from question_bank.frozen import rational, take, take_all, take_rational, text
from question_bank.values import KINDS, Field, Grid, Json, Raised, value_from_json, value_to_json


def field_to_json(field: Field) -> Json:
    """Freeze a field."""
    return {
        "kind": field.kind,
        "unit": field.unit,
        "axes": list(field.axes),
        "options": list(field.options),
        "size": None if field.size is None else list(field.size),
        "may_raise": field.may_raise,
    }


def field_from_json(data: Json) -> Field:
    """Read what `field_to_json` wrote.

    Raises:
        FormatError: it is no field.
    """
    kind = take(data, "kind", str)
    if kind not in KINDS:
        raise FormatError(f"kind={kind!r}: expected one of {', '.join(KINDS)}")
    sized = isinstance(data, dict) and data.get("size") is not None
    return Field(
        kind,  # type: ignore[arg-type]  # one of KINDS, which are the literal's own
        unit=take(data, "unit", str),
        axes=take_all(data, "axes", text),
        options=take_all(data, "options", text),
        size=tuple(int(length) for length in take_all(data, "size", rational)) if sized else None,
        may_raise=take(data, "may_raise", bool),
    )


def answer_to_json(answer: Answer) -> Json:
    """Freeze the key of an answer; its field is frozen beside it."""
    frozen: dict[str, Json] = {"value": value_to_json(answer.value)}
    if isinstance(answer, Number):
        frozen["tolerance"] = value_to_json(answer.tolerance)
    return frozen


def answer_from_json(field: Field, data: Json) -> Answer:
    """Read what `answer_to_json` wrote, for the field beside it.

    Raises:
        FormatError: it is no answer to this field.
    """
    value = value_from_json(take(data, "value", object))  # type: ignore[arg-type]  # any JSON; it is judged there
    match field.kind, value:
        case _, Raised():
            return Raises(replace(field, may_raise=False))
        case "integer", int():
            return Integer(value, field.unit)
        case "number", int() | Fraction():
            return Number(value, take_rational(data, "tolerance"), field.unit)
        case "shape", tuple():
            return Shape(value, field.axes)
        case "array", Grid():
            return Array(value, show_size=field.size is not None)
        case "choice", str():
            return Choice(field.options, value)
    raise FormatError(f"answer {value!r}: expected a value of the kind {field.kind}")

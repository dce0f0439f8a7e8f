"""Small shapes that several modules share, and the kinds of input that are strict about their type."""

import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Schema
from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from backend.examples.validation import (
    MAXIMUM_MINUTES,
    MAXIMUM_PEOPLE,
    MAXIMUM_TIMES,
    FieldError,
    unknown_choice,
)


class Input(Schema):
    """A body: a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Input):
    """A body without fields: it may be left out."""


class Named(Schema):
    """A stable key and the name that goes with it."""

    key: str
    name: str


def limited(maximum: int, description: str = "", *, default: Any = None) -> Any:
    """A text field. The domain checks its length, so that page and API say the same; OpenAPI documents it."""
    return Field(default, description=description, json_schema_extra={"maxLength": maximum})


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number_type", "not a number")
    return value


def _whole(value: Any) -> Any:
    number = _number(value)
    if isinstance(number, float):
        if not number.is_integer():
            raise PydanticCustomError("int_type", "not a whole number")
        return int(number)
    return number


# Numbers are JSON numbers, never texts; the domain checks their bounds, so that page and API say the same.
Minutes = Annotated[
    Any, PlainValidator(_number), WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAXIMUM_MINUTES})
]
Times = Annotated[
    Any, PlainValidator(_whole), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAXIMUM_TIMES})
]
People = Annotated[
    Any, PlainValidator(_whole), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAXIMUM_PEOPLE})
]


class WhyIn(Input):
    """A move that needs a reason. The history keeps it."""

    why: str = limited(1000, "Why, in a sentence.", default=...)


def month(date: datetime.date | None) -> str | None:
    """A date as the public sees it: its month."""
    return f"{date:%Y-%m}" if date else None


def named(row: Any) -> Any:
    """A row with a key and a name."""
    return {"key": row.key, "name": str(row)} if row is not None else None


def find(rows: QuerySet, key: str | None, pointer: str, errors: list[FieldError]) -> Any:
    """The row with `key`, or None where no key is given; a key that is not there is put among the errors."""
    if not key:
        return None
    row = rows.filter(key=key).first() if key.isprintable() else None
    if row is None:
        errors.append(unknown_choice(pointer))
    return row

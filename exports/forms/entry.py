"""What a form is filled from: a case with the words and the place it has in the form."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.cases.models import Case


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a form. `id` is the identity that the row map carries out and back."""

    id: str
    case: Case
    table: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the three things that the ministry asks for."""

    name: str
    contact: str = ""
    phone: str = ""

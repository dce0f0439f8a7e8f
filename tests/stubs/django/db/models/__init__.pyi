from enum import Enum, EnumMeta
from typing import Any

def __getattr__(name: str) -> Any: ...

# Members are written as (value, label), and behave as the value.
class ChoicesMeta(EnumMeta):
    names: list[str]
    choices: list[tuple[Any, Any]]
    labels: list[str]
    values: list[Any]

class TextChoices(str, Enum, metaclass=ChoicesMeta):  # type: ignore
    @property
    def label(self) -> Any: ...

class IntegerChoices(int, Enum, metaclass=ChoicesMeta):  # type: ignore
    @property
    def label(self) -> Any: ...

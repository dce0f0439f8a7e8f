"""The forms that can be filled: each edition is a module, and one line here."""

from types import ModuleType

from exports.forms import kulegravning_2017

FORMS: dict[str, ModuleType] = {"kulegravning_2017": kulegravning_2017}

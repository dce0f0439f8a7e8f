"""The file formats: each is a module with `write(document) -> bytes` and a `CONTENT_TYPE`, and one line here."""

from types import ModuleType

from exports.formats import csv, docx, json, xlsx

FORMATS: dict[str, ModuleType] = {"xlsx": xlsx, "docx": docx, "csv": csv, "json": json}

"""Reading the registry's data files: rows that know where they stand, and errors that say it."""

import csv
import dataclasses
import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from backend.personal_numbers import REFUSED, find_cpr


class BrokenFile(Exception):
    """A data file that cannot be loaded; says which file, row and column."""

    def __init__(self, message, *, file, row=None, column=None):
        self.file, self.row, self.column = file, row, column
        place = [str(file)]
        if row is not None:
            place.append(_("row %(row)s") % {"row": row})
        if column is not None:
            place.append(_("column %(column)s") % {"column": column})
        super().__init__(f"{', '.join(place)}: {message}")


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a file. `number` counts as a spreadsheet does: the column names are row 1."""

    file: str
    number: int
    cells: dict

    def broken(self, message, column=None):
        """A BrokenFile at this row, to raise."""
        return BrokenFile(message, file=self.file, row=self.number, column=column)

    def text(self, column, *, required=False):
        value = self.cells[column].strip()
        if required and not value:
            raise self.broken(_("This must be filled in."), column)
        if find_cpr(value):
            raise self.broken(REFUSED, column)
        return value

    def words(self, column):
        """The parts of a cell that holds several, separated by `|`."""
        return [part.strip() for part in self.text(column).split("|") if part.strip()]

    def date(self, column, *, required=False):
        """A day as YYYY-MM-DD; None where the cell is empty: a day that is not known is not invented."""
        value = self.text(column, required=required)
        if not value:
            return None
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise self.broken(_("“%(value)s” is not a date (YYYY-MM-DD).") % {"value": value}, column)

    def whole(self, column, *, default=None):
        value = self.text(column, required=default is None)
        if not value:
            return default
        if not (value.isascii() and value.isdigit()):
            raise self.broken(_("“%(value)s” is not a whole number.") % {"value": value}, column)
        return int(value)

    def one_of(self, column, choices):
        value = self.text(column, required=True)
        if value not in choices:
            raise self.broken(
                _("“%(value)s” is not one of: %(choices)s.")
                % {"value": value, "choices": ", ".join(choices)},
                column,
            )
        return value

    def check(self, instance, columns):
        """Ask the model's own fields whether they take what the row's `columns` gave."""
        for column in columns:
            field = instance._meta.get_field(column)
            if isinstance(field, models.ForeignKey):
                continue
            try:
                field.clean(getattr(instance, column), instance)
            except ValidationError as error:
                raise self.broken(" ".join(error.messages), column)


def read(path, columns, *, name=None):
    """The rows of the CSV file at `path`, whose first row must be exactly `columns` (in any order)."""
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BrokenFile(_("The file is not UTF-8."), file=name, row=line)
    except OSError:
        raise BrokenFile(_("The file cannot be read."), file=name)
    lines = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(lines, [])
        for column in columns:
            if column not in header:
                raise BrokenFile(_("The column is missing."), file=name, row=1, column=column)
        for column in header:
            if column not in columns or header.count(column) > 1:
                raise BrokenFile(_("This column is not known here."), file=name, row=1, column=column or "–")
        rows = []
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            row = Row(name, lines.line_num, dict(zip(header, cells, strict=False)))
            if len(cells) < len(header):
                raise row.broken(_("The row ends before this column."), header[len(cells)])
            if len(cells) > len(header):
                raise row.broken(
                    _("The row has %(count)s cells; there are %(wanted)s columns.")
                    % {"count": len(cells), "wanted": len(header)},
                    header[-1],
                )
            rows.append(row)
    except csv.Error as error:
        raise BrokenFile(str(error), file=name, row=lines.line_num)
    return rows

"""Rows whose words somebody types beside the examples: no personal number (CPR) is stored in them either.

Texts of examples, cases, letters and submissions are checked by `backend.examples.validation`, which says where in the
text it stands. Here a whole row is checked by `full_clean`, which every action calls before it saves.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from backend.personal_numbers import REFUSED, find_cpr


class ScreenedText(models.Model):
    """Refuses a CPR number in any text of the row that somebody types, with an error at its field."""

    # Fields that the software writes; digits in them are its own.
    made_by_software: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        """Django's own checks of the fields, and this one."""
        errors: dict = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            error.update_error_dict(errors)
        for field in typed_fields(type(self)):
            if field.name not in (exclude or ()) and any(map(find_cpr, _texts(field, self))):
                errors.setdefault(field.name, []).append(ValidationError(REFUSED, code="cpr_number"))
        if errors:
            raise ValidationError(errors)


def typed_fields(model):
    """The fields of `model` that hold words which somebody types: no choices, nothing that the software makes."""
    return [
        field
        for field in model._meta.concrete_fields
        if (
            isinstance(field, models.CharField | models.TextField) or hasattr(field, "get_searchable_content")
        )
        and not field.choices
        and field.name not in getattr(model, "made_by_software", ())
    ]


def _texts(field, row):
    """The words in one field of `row`; a field of rich text tells its own."""
    value = field.value_from_object(row)
    if not value:
        return []
    if hasattr(field, "get_searchable_content"):
        return field.get_searchable_content(value)
    return [str(value)]

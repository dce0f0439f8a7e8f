"""A file that somebody attaches: cleaned and screened before anything is stored."""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.attachments.cleaning import MAXIMUM_FILES, MAXIMUM_SIZE, Clean, Refused, clean
from backend.examples.validation import FieldError, InvalidInput
from backend.personal_numbers import find_cpr


def check_attachment(upload: UploadedFile, *, pointer: str) -> Clean:
    """Return the cleaned file for `backend.attachments.actions.store_file`.

    Raises InvalidInput at `pointer` if it cannot be cleaned, or if its name or its text holds a personal number (CPR).
    Takes seconds: call it before the transaction.
    """
    name = upload.name or ""
    try:
        if (upload.size or 0) > MAXIMUM_SIZE:
            raise Refused("too_large")
        cleaned = clean(upload.read(), name=name)
    except Refused as refused:
        raise InvalidInput([FieldError(pointer, refused.code, refused.detail)]) from None
    if find_cpr(name) or find_cpr(cleaned.text):
        detail = _("The file holds a personal number (CPR). Remove it, and send the file again.")
        raise InvalidInput([FieldError(pointer, "cpr_number", detail)])
    return cleaned


def check_attachments(uploads: Sequence[UploadedFile], *, pointer: str) -> list[Clean]:
    """Return the cleaned files, at most five; errors stand at `pointer`/0, `pointer`/1 and so on."""
    if len(uploads) > MAXIMUM_FILES:
        detail = format_lazy(_("Attach at most {maximum} files."), maximum=MAXIMUM_FILES)
        raise InvalidInput([FieldError(pointer, "too_many", detail)])
    cleaned: list[Clean] = []
    errors: list[FieldError] = []
    for index, upload in enumerate(uploads):
        try:
            cleaned.append(check_attachment(upload, pointer=f"{pointer}/{index}"))
        except InvalidInput as invalid:
            errors += invalid.errors
            if invalid.errors[0].code == "busy":
                break  # the others would only wait in the same line
    if errors:
        raise InvalidInput(errors)
    return cleaned

"""The only way to an employee's own words and address: one function each, which logs who and when (P-10)."""

from dataclasses import dataclass

from backend.organisations.actions import log_access
from backend.organisations.permissions import check_permission
from backend.organisations.sealing import unseal

from .models import Contact


@dataclass(frozen=True)
class RawText:
    """An example as it was written, with the dialogue under its code and the StoredFiles that came along."""

    title: str
    problem: str
    proposal: str
    legislation: str
    workplace: str
    role: str
    messages: tuple
    files: tuple


def read_raw(example, *, by, purpose="", at=None):
    """The employee's own words. Raises NotAllowed unless `by` is a coordinator; each reading is logged."""
    check_permission(by, "example.raw", example.organisation_id)
    log_access(
        by=by,
        organisation=example.organisation,
        kind="raw_text",
        reference=example.reference,
        purpose=purpose,
        at=at,
    )
    return RawText(
        title=example.title,
        problem=example.problem,
        proposal=example.proposal,
        legislation=example.legislation,
        workplace=example.workplace,
        role=example.role,
        messages=tuple(example.messages.all()),
        files=tuple(attachment.file for attachment in example.attachments.select_related("file")),
    )


def read_attachment(example, key, *, by, purpose="", at=None):
    """The StoredFile `key` that came with the example, or None. Coordinators only; each reading is logged."""
    check_permission(by, "example.raw", example.organisation_id)
    attachment = example.attachments.filter(file=key).select_related("file").first()
    if attachment is None:
        return None
    log_access(
        by=by,
        organisation=example.organisation,
        kind="raw_text",
        reference=example.reference,
        purpose=purpose,
        at=at,
    )
    return attachment.file


def read_contact(example, *, by, purpose, at=None):
    """(email, name) of the writer, or None where no address was given. Coordinators only; logged with a purpose."""
    check_permission(by, "example.contact", example.organisation_id)
    contact = Contact.objects.filter(example=example).first()
    if contact is None:
        return None
    log_access(
        by=by,
        organisation=example.organisation,
        kind="contact",
        reference=example.reference,
        purpose=purpose,
        at=at,
    )
    return unseal(contact.email_encrypted), unseal(contact.name_encrypted) if contact.name_encrypted else ""

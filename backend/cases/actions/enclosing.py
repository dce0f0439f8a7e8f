"""The files of one row: gathered while its referral is prepared, and sent with the letter under the row's number."""

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.attachments.actions import delete_file, own_name, store_file
from backend.attachments.cleaning import MAXIMUM_FILES
from backend.cases.lifecycle import check_referral_move
from backend.cases.models import ReferralFile
from backend.examples.validation import FieldError, InvalidInput, unknown_choice
from backend.organisations.permissions import moment

from .steps import begin, lock_referral, record

# A mail's files grow by a third on the way, and a common mail server takes 25 MB: so much leaves room for the letter.
MOST_MEGABYTES = 15
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024


@transaction.atomic
def attach_files(*, referral, files, no_personal_data, by, at=None):
    """Let cleaned files (`check_attachments`) go along with a prepared referral. Returns the ReferralFiles.

    Other people read them: `no_personal_data` is the tick that whoever attaches them has read them. InvalidInput at
    /files (none, more than five, too large for one mail) and /no_personal_data; IllegalMove once it has been sent.
    """
    at = moment(at)
    case = referral.case
    _move, from_status, _why = begin(case, "prepare_referral", by=by)
    referral = lock_referral(referral)
    check_referral_move("attach_files", referral)
    there = files_of([referral])[referral.pk]
    errors = []
    if not files:
        errors.append(FieldError("/files", "required", _("Choose the file first.")))
    if len(there) + len(files) > MAXIMUM_FILES:
        detail = format_lazy(_("Attach at most {maximum} files."), maximum=MAXIMUM_FILES)
        errors.append(FieldError("/files", "too_many", detail))
    elif sum(file.size for file in there) + sum(len(clean.data) for clean in files) > MOST_BYTES:
        detail = format_lazy(
            _("The files go out in one mail and may be {most} MB together. Attach fewer, or smaller ones."),
            most=MOST_MEGABYTES,
        )
        errors.append(FieldError("/files", "too_large", detail))
    if not no_personal_data:
        detail = _("Read the files, and set the tick: the body gets them as they are.")
        errors.append(FieldError("/no_personal_data", "required", detail))
    if errors:
        raise InvalidInput(errors)
    organisation = case.organisation
    rows = [
        ReferralFile.objects.create(
            referral=referral, file=store_file(organisation=organisation, clean=clean, number=number, at=at)
        )
        for number, clean in enumerate(files, start=len(there) + 1)
    ]
    record(case, "attach_files", from_status=from_status, by=by, at=at, referral=referral)
    return rows


@transaction.atomic
def remove_file(*, referral, file, by, at=None):
    """Take a file off a prepared referral again; `file` is its StoredFile's id. The others are numbered anew."""
    at = moment(at)
    case = referral.case
    _move, from_status, _why = begin(case, "prepare_referral", by=by)
    referral = lock_referral(referral)
    check_referral_move("remove_file", referral)
    row = referral.files.filter(file=file).select_related("file").first()
    if row is None:
        raise InvalidInput([unknown_choice("/file")])
    _delete(row)
    for number, stored in enumerate(files_of([referral])[referral.pk], start=1):
        stored.name = own_name(number, stored.name.rpartition(".")[2])
        stored.save(update_fields=["name"])
    record(case, "remove_file", from_status=from_status, by=by, at=at, referral=referral)


def drop_files(referrals):
    """Delete the files of referrals that will never be sent; the caller has locked their case."""
    for row in ReferralFile.objects.filter(referral__in=referrals).select_related("file"):
        _delete(row)


def _delete(row):
    row.delete()
    delete_file(stored=row.file)


def files_of(referrals):
    """{referral id: [StoredFile]} in the order they were attached, in one query."""
    found = {referral.pk: [] for referral in referrals}
    for row in ReferralFile.objects.filter(referral__in=list(found)).order_by("id").select_related("file"):
        found[row.referral_id].append(row.file)
    return found


def name_as_sent(referrals, letter):
    """Give the files the names that they go out under, which tell their rows apart; `letter`: the Letter as sent."""
    files = files_of(referrals)
    for referral, row in zip(referrals, letter.rows, strict=True):
        for stored, name in zip(files[referral.pk], row.files, strict=True):
            stored.name = name
            stored.save(update_fields=["name"])


def enclosed(batch):
    """The files of a letter's rows as a mail takes them, in the letter's order: (name, content type, bytes)."""
    rows = ReferralFile.objects.filter(referral__batch=batch).order_by("referral__position", "id")
    return [
        (row.file.name, row.file.content_type, row.file.file.read()) for row in rows.select_related("file")
    ]

"""A body's way to its own page: links that open one batch, are renewed, passed on and revoked (P-20, P-21).

A secret has 256 random bits. Only its SHA-256 is kept: the secret itself stands in the mail that carries it and
nowhere else. Nothing here but `open_link` is reached by a GET, and `open_link` writes nothing.
"""

import datetime
import hashlib
import hmac
import re
import secrets
import unicodedata

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from backend.cases.models import AccessLink, Batch, CaseEvent
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import check_email, check_text
from backend.organisations.addresses import address_of
from backend.organisations.permissions import check_permission, moment
from backend.organisations.sealing import seal, unseal
from backend.organisations.workdays import add_working_days
from backend.outbox.actions import queue_message
from backend.registry.models import BodyContact

from .steps import not_now, refuse

# A link lives as long as an answer may be late: 60 days, or 30 working days after the last row's term.
LIFE = datetime.timedelta(days=60)
WORKING_DAYS_AFTER_TERM = 30
# At most one mail with a new link per batch in this time, whoever asks.
RENEWAL_REST = datetime.timedelta(hours=1)
MOST_LINKS_A_DAY = 4
# How many colleagues a batch may be passed on to in a day: the address is typed by the receiver (P-27).
MOST_PASSED_ON = 20
# The same rows to the same colleague within this time are one passing on: a double click, or a page loaded anew.
PASSED_ON_TWICE = datetime.timedelta(minutes=2)
SECRET_BYTES = 32
_NO_HASH = "0" * 64
# A word with a dot inside, with what hangs from it, such as eksempel.dk/side.
_DOTTED = re.compile(r"[\w-]+(?:\.[\w-]+)+[^\s,;]*")
# Degrees and initials, which are no addresses: cand.jur., ph.d., M.Sc., A.P.Møller.
_MAY_HOLD_DOTS = re.compile(
    r"(?i:(?:cand|stud|lic|mag|dr|ph|dipl|exam)(?:\.[a-zæøå]{1,8}){1,3}\.?)$|(?:[A-ZÆØÅ]\.)+[A-ZÆØÅ][a-zæøå]*\.?$"
)


def digest(secret):
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def link_address(organisation, secret):
    """Where the body's page is. The secret stands in the fragment, which no server and no log sees."""
    return address_of(organisation, f"/svar/#{secret}")


def issue_link(*, batch, to_email, parent=None, referrals=(), at):
    """Make a link to `batch`, or with `parent` a sub-link to `referrals`. Returns (link, secret).

    Only for the actions that mail it: the secret must never be shown on the desk.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = AccessLink.objects.create(
        batch=batch,
        hash=digest(secret),
        parent=parent,
        to_email_encrypted=seal(to_email),
        created_at=at,
        expires_at=parent.expires_at if parent else _expiry(batch, at),
    )
    if parent is not None:
        link.referrals.set(referrals)
    return link, secret


def _expiry(batch, at):
    """The end of the link's last day in Copenhagen."""
    terms = [due for due in batch.referrals.values_list("due_at", flat=True) if due is not None]
    days = [timezone.localdate(at) + LIFE]
    days += [add_working_days(timezone.localdate(due), WORKING_DAYS_AFTER_TERM) for due in terms]
    after = datetime.datetime.combine(max(days) + datetime.timedelta(days=1), datetime.time())
    return timezone.make_aware(after)


def open_link(secret, *, organisation=None, at=None):
    """The AccessLink that `secret` opens at `at`, or None: wrong, expired, revoked and foreign are one answer.

    One query whatever is asked. `organisation`: the site it is asked on. Writes nothing.
    """
    wanted = digest(secret if isinstance(secret, str) else "")
    links = AccessLink.objects.usable(at=moment(at)).filter(hash=wanted)
    if organisation is not None:
        links = links.filter(batch__organisation=organisation)
    link = links.select_related("batch__organisation", "batch__body", "parent").first()
    is_right = hmac.compare_digest(wanted, link.hash if link else _NO_HASH)
    return link if is_right else None


@transaction.atomic
def renew_link(*, secret, organisation=None, at=None):
    """Whoever holds an old or expired link asks for a new one: it is mailed to the registered address only.

    Returns nothing, and does nothing where the secret is wrong or is a sub-link's, where a person has closed the link
    or one that took its place, or when the batch has had a new link within the hour or enough of them in a day. So the
    page can say one and the same sentence.
    """
    at = moment(at)
    held = AccessLink.objects.filter(hash=digest(secret if isinstance(secret, str) else ""), parent=None)
    if organisation is not None:
        held = held.filter(batch__organisation=organisation)
    link = held.first()
    if link is None:
        return
    batch = _lock(link.batch)
    current = _newest_in_place_of(link)
    if current.revoked_at is None and not _has_just_had_one(batch, at) and not _has_had_enough(batch, at):
        _send_new(batch, current, registered_address(batch, current, at=at), by=None, at=at)


def _newest_in_place_of(link):
    """The last of the links that have taken `link`'s place; itself where none has."""
    link = AccessLink.objects.get(pk=link.pk)
    while link.replaced_by_id is not None:
        link = AccessLink.objects.get(pk=link.replaced_by_id)
    return link


@transaction.atomic
def send_new_link(*, batch, by, at=None):
    """A person at the desk lets a new link go to the body's registered address; the old one stops. Never shown.

    IllegalMove for what was sent without a link, such as by phone.
    """
    at = moment(at)
    check_permission(by, "case.edit", batch.organisation_id)
    batch = _lock(batch)
    if not batch.links.exists():
        raise IllegalMove("send_new_link", batch.channel)
    if _has_just_had_one(batch, at):
        raise not_now(
            "too_soon", _("A link was sent within the last hour. Wait, and look at the mail first."), "/link"
        )
    current = current_link(batch)
    address = registered_address(batch, current, at=at)
    if not address:
        raise no_address(batch.body, "/link")
    return _send_new(batch, current, address, by=by, at=at)


def current_link(batch, *, to=None):
    """The batch's newest open link (of the letter, not of a colleague), expired or not; None where there is none.

    After an escalation several are open. `to`: the one that went to this address, and no other's.
    """
    links = AccessLink.objects.filter(batch=batch, parent=None, revoked_at=None).order_by(
        "-created_at", "-id"
    )
    return next(
        (link for link in links if to is None or unseal(link.to_email_encrypted).lower() == to.lower()), None
    )


def may_have_new_link(batch, *, at):
    """Whether a person may let a new link go now: there was one, not within the hour, and an address is registered."""
    if not batch.links.exists() or _has_just_had_one(batch, at):
        return False
    return bool(registered_address(batch, current_link(batch), at=at))


def _has_just_had_one(batch, at):
    return AccessLink.objects.filter(
        batch=batch, parent=None, created_at__gt=at - RENEWAL_REST, created_at__lte=at
    ).exists()


def _has_had_enough(batch, at):
    """Whether the day's links are used up: whoever holds an old one must not keep closing the new one."""
    since = at - datetime.timedelta(days=1)
    links = AccessLink.objects.filter(batch=batch, parent=None, created_at__gt=since, created_at__lte=at)
    return links.count() >= MOST_LINKS_A_DAY


def _send_new(batch, old, address, *, by, at):
    """Mail a new link to `address` in the place of `old`."""
    if not address:
        return None
    link, secret = issue_link(batch=batch, to_email=address, at=at)
    replace_link(old, link, at=at)
    with translation.override(settings.LANGUAGE_CODE):
        queue_message(
            organisation=batch.organisation,
            kind="letter_link",
            to=address,
            subject=_("New link to letter %(number)s") % {"number": batch.number},
            body=_(
                "Here is a new link to letter %(number)s from %(organisation)s. The old link no longer works.\n\n"
                "%(link)s\n\nThe link is yours. Please do not send it on: on the page you can pass rows on to a"
                " colleague.\n\n%(contact)s"
            )
            % {
                "number": batch.number,
                "organisation": batch.organisation.name,
                "link": link_address(batch.organisation, secret),
                "contact": batch.contact,
            },
            reference=str(batch.pk),
            secret=secret,
            at=at,
        )
    record_rows(batch, "renew_link", by=by, at=at)
    return link


@transaction.atomic
def revoke_link(*, link, by, at=None):
    """Close a link, and every sub-link that hangs from it. What was answered stays. IllegalMove where it is closed."""
    at = moment(at)
    check_permission(by, "case.edit", link.batch.organisation_id)
    batch = _lock(link.batch)
    open_links = AccessLink.objects.filter(batch=batch, revoked_at=None)
    if not open_links.filter(pk=link.pk).exists():
        raise IllegalMove("revoke_link", "closed")
    # The link before its sub-links, as the body's own acts lock them.
    with_children = open_links.filter(Q(pk=link.pk) | Q(parent=link.pk))
    closed = with_children.select_for_update(of=("self",), no_key=True).order_by(
        F("parent").asc(nulls_first=True), "pk"
    )
    AccessLink.objects.filter(pk__in=[each.pk for each in closed]).update(revoked_at=at)
    record_rows(batch, "revoke_link", by=by, at=at, referrals=_rows_of(link))


def replace_link(old, link, *, at):
    """Close `old`, whose place `link` takes, and every other link to the letter that went to the same address, such as
    a reminder's; the colleagues' sub-links hang from the new one."""
    if old is None:
        return
    email = unseal(old.to_email_encrypted).lower()
    whole = AccessLink.objects.filter(batch=old.batch_id, parent=None, revoked_at=None).exclude(pk=link.pk)
    closed = {old.pk} | {each.pk for each in whole if unseal(each.to_email_encrypted).lower() == email}
    # The link before its sub-links, as the body's own acts lock them.
    AccessLink.objects.filter(pk__in=closed).update(revoked_at=at, replaced_by=link)
    AccessLink.objects.filter(parent__in=closed).update(parent=link)


def _rows_of(link):
    return list(link.referrals.select_related("case")) if link.parent_id else None


@transaction.atomic
def pass_on(*, link, referrals, to_email, by_name, by_title, at=None):
    """The receiver lets a colleague draft the answer to chosen rows: a sub-link is mailed to the address typed.

    Its answers are drafts for the one who passed the rows on. A second press of the button sends no second mail.
    InvalidInput at /referrals, /to_email, /name, /title.
    Returns the new AccessLink.
    """
    at = moment(at)
    batch = _lock(link.batch)
    link = AccessLink.objects.usable(at=at).filter(pk=link.pk).select_related("batch__organisation").first()
    if link is None or link.parent_id is not None:
        raise refuse("", "not_yours_to_pass_on", _("Rows can only be passed on from the link in our letter."))
    rows = {row.pk: row for row in batch.referrals.select_related("case")}
    chosen = [rows.get(referral.pk) for referral in referrals]
    if not chosen or None in chosen:
        raise refuse("/referrals", "required", _("Choose at least one row."))
    to_email = check_email(to_email, pointer="/to_email")
    if not to_email:
        raise refuse("/to_email", "required", _("Write your colleague's address."))
    by_name = _check_signature(by_name, "/name", required=True)
    by_title = _check_signature(by_title, "/title")
    just_now = link.children.filter(revoked_at=None, created_at__gt=at - PASSED_ON_TWICE, created_at__lte=at)
    for sub in just_now.prefetch_related("referrals"):
        if unseal(sub.to_email_encrypted) == to_email and set(sub.referrals.all()) == set(chosen):
            return sub
    today = AccessLink.objects.filter(batch=batch, created_at__gt=at - datetime.timedelta(days=1))
    if today.exclude(parent=None).count() >= MOST_PASSED_ON:
        raise refuse(
            "/to_email", "too_many", _("The letter has been passed on too often today. Try again tomorrow.")
        )
    sub, secret = issue_link(batch=batch, to_email=to_email, parent=link, referrals=chosen, at=at)
    with translation.override(settings.LANGUAGE_CODE):
        queue_message(
            organisation=batch.organisation,
            kind="letter_passed_on",
            to=to_email,
            subject=_("Passed on to you: letter %(number)s") % {"number": batch.number},
            body=_(
                "%(name)s asks you to draft an answer to %(rows)s row(s) of letter %(number)s from"
                " %(organisation)s.\n\nWrite it here:\n%(link)s\n\nWhat you write is a draft: the one who asked you"
                " decides what is answered. If you do not know of this, ignore this mail.\n\n%(contact)s"
            )
            % {
                "name": f"{by_name}, {by_title}" if by_title else by_name,
                "rows": len(chosen),
                "number": batch.number,
                "organisation": batch.organisation.name,
                "link": link_address(batch.organisation, secret),
                "contact": batch.contact,
            },
            reference=str(batch.pk),
            secret=secret,
            at=at,
        )
    record_rows(batch, "pass_on", by=None, at=at, referrals=chosen)
    return sub


def _check_signature(value, pointer, *, required=False):
    """A name or title that goes into a mail to a stranger: one short line that carries no address."""
    text = check_text(value, pointer=pointer, maximum=120, required=required, single_line=True)
    if reads_as_address(text):
        raise refuse(
            pointer,
            "invalid",
            _("Write a name only, without an address. Put a space after a full stop: “afd. leder”."),
        )
    return text


def reads_as_address(text):
    """Whether a mail program could make a link of something in `text`: an address, or a word with a dot inside."""
    text = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
    if any(mark in text.lower() for mark in ("://", "www.", "@", "\\")):
        return True
    return any(not _MAY_HOLD_DOTS.match(found[0]) for found in _DOTTED.finditer(text))


def contacts_on(body, organisation, date):
    """Where `organisation` writes to `body` on `date`: the BodyContacts valid then, the ladder's lowest rank first."""
    rows = BodyContact.objects.filter(body=body, organisation=organisation)
    return [
        row
        for row in rows.order_by("rank", "id")
        if (row.valid_from is None or row.valid_from <= date)
        and (row.valid_to is None or date <= row.valid_to)
    ]


def registered_address(batch, link, *, at):
    """Where a new link in `link`'s place may go: where that one went, if it is still registered, else the first."""
    rows = contacts_on(batch.body_id, batch.organisation_id, timezone.localdate(at))
    held = unseal(link.to_email_encrypted).lower() if link else None
    emails = [row.email for row in rows]
    return next((email for email in emails if email.lower() == held), emails[0] if emails else "")


def no_address(body, pointer):
    """The InvalidInput that says where an address is entered."""
    return refuse(
        pointer,
        "no_address",
        _("%(body)s has no registered address. Enter one under Bodies on the desk.") % {"body": body},
    )


def record_rows(batch, move, *, by, at, referrals=None, why=""):
    """One row of history per referral (of all of them, unless given), in one query."""
    if referrals is None:
        referrals = batch.referrals.select_related("case")
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case=referral.case,
            referral=referral,
            move=move,
            from_status=referral.case.status,
            to_status=referral.case.status,
            by=by,
            on_date=timezone.localdate(at),
            at=at if by is not None else None,
            why=why,
        )
        for referral in referrals
    )


def _lock(batch):
    return (
        Batch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "body")
        .get(pk=batch.pk)
    )

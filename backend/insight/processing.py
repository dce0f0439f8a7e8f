"""Every field in which something about a person can stand: why it is kept, who sees it and for how long.

The page `/hvad-vi-gemmer/` is made from this table, for the writer and for the data protection officer's record of
processing activities (GDPR art. 30). A test asks every field of the models below for its entry, so that none is added
without one.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """Some fields of one model that are kept for one purpose. Names without a model are its own."""

    model: str
    fields: tuple[str, ...]
    what: Promise
    purpose: Promise
    seen_by: Promise
    kept: Promise


@dataclass(frozen=True)
class Group:
    """What is kept about one kind of person."""

    heading: Promise
    entries: tuple[Entry, ...]


COORDINATOR = _("The coordinators only. Each reading is logged.")
EVERYBODY_WHEN_PUBLISHED = _("The coordinators; others as a figure only.")
AS_THE_ORGANISATION_SAYS = _("As long as the organisation says below, or until you withdraw it.")
WITH_THE_EXAMPLE = _("As long as the example.")

WRITERS = Group(
    _("If you write an example"),
    (
        Entry(
            "examples.Example",
            ("title", "problem", "proposal", "legislation", "stems"),
            _(
                "What you write: what is in the way, your proposal and the rule, with its words in a search list"
            ),
            _("To understand what is in the way and find others who say the same"),
            COORDINATOR,
            AS_THE_ORGANISATION_SAYS,
        ),
        Entry(
            "examples.Example",
            ("area", "cause_guess"),
            _("Your area, and what you think is the cause, if you choose them"),
            _("To find those who know the area, and to see where the cause is"),
            _("The coordinators. A case that is made from it can be in the same area."),
            AS_THE_ORGANISATION_SAYS,
        ),
        Entry(
            "examples.Example",
            ("flag", "burden", "core_task"),
            _(
                "Whether it is about one citizen, and which burden and which core task the secretariat has put it under"
            ),
            _("To treat it in the right place, and to count"),
            _("The coordinators and caseworkers."),
            AS_THE_ORGANISATION_SAYS,
        ),
        Entry(
            "examples.Example",
            ("workplace", "role"),
            _("Your workplace and your job, if you write them"),
            _("To find out who can do something about it"),
            COORDINATOR,
            AS_THE_ORGANISATION_SAYS,
        ),
        Entry(
            "examples.Example",
            ("minutes", "times", "period", "people"),
            _("How much time it takes, if you write it"),
            _("To reckon what a rule costs"),
            EVERYBODY_WHEN_PUBLISHED,
            AS_THE_ORGANISATION_SAYS,
        ),
        Entry(
            "examples.Example",
            ("spare_my_workplace",),
            _("Your own choice: whether your workplace is spared"),
            _("To keep to it"),
            _("The coordinators and caseworkers."),
            AS_THE_ORGANISATION_SAYS,
        ),
        Entry(
            "examples.Example",
            ("audience", "preview_wording"),
            _("Your own choices: who may see it, and whether you read the text first"),
            _("To keep to them, also for a text that was made from your example before you withdrew it"),
            _("The coordinators and caseworkers."),
            _("As long as the example's number. They stay when the words have gone."),
        ),
        Entry(
            "examples.Example",
            (
                *("reference", "status", "submitted_date", "source", "source_key"),
                *("provenance", "set_aside_reason", "is_quarantined"),
            ),
            _(
                "The date, never the time of day; how it came; its number, where it stands, and why it was set aside"
            ),
            _("To keep order, and to answer you"),
            _("The coordinators, and you under your code."),
            _("As long as the example. Number, dates and reason stay when the words have gone."),
        ),
        Entry(
            "examples.Contact",
            (
                *("email_encrypted", "name_encrypted", "email_hmac", "confirmed_date", "delete_after"),
                *("told_event", "told_date", "unsubscribe_hash"),
            ),
            _("Your e-mail and name, if you write them: encrypted, apart from what you wrote"),
            _("To ask you, and to tell you when something happens"),
            COORDINATOR,
            _(
                "30 days. If you confirm the address: until you have been asked whether it helped, or 30 days after"
                " your example is set aside or its case is closed without being done. Two years at most."
            ),
        ),
        Entry(
            "outbox.OutgoingMessage",
            (
                *("kind", "to_encrypted", "secret_encrypted", "to_hash", "reference", "once_key"),
                *("state", "sent_at"),
            ),
            _(
                "Each mail to you: its address, encrypted, until it has been sent, and then a fingerprint of it"
            ),
            _("To send it once, and no more than you have been promised"),
            _("The coordinators and the administrators see that a mail was sent. Nobody sees to whom."),
            _(
                "As long as your address: then what waits is not sent, and of what was sent nothing but the text, the"
                " same for everybody, and the time stays."
            ),
        ),
        Entry(
            "examples.TrackingCode",
            ("hmac", "scheme", "revoked_date"),
            _("A fingerprint of your code. The code itself is not kept, and cannot be found again"),
            _("To let you in with your code, and nobody else"),
            _("Nobody."),
            WITH_THE_EXAMPLE,
        ),
        Entry(
            "examples.Message",
            ("from_submitter", "text", "on_date"),
            _("Our questions and what you answer under your code"),
            _("To understand your example"),
            COORDINATOR,
            WITH_THE_EXAMPLE,
        ),
        Entry(
            "attachments.StoredFile",
            ("name", "content_type", "size", "sha256", "file", "stored_date"),
            _(
                "Files that you attach, and on which date: cleaned of their name, their properties and hidden data"
            ),
            _("To understand your example"),
            COORDINATOR,
            _(
                "As long as the example. Files with a letter to a committee or an authority, and with its answer:"
                " as long as the case."
            ),
        ),
        Entry(
            "examples.Attachment",
            (),
            _("Which example a file belongs to"),
            _("To delete the file when the example goes"),
            COORDINATOR,
            WITH_THE_EXAMPLE,
        ),
        Entry(
            "examples.ExampleEvent",
            ("move", "from_status", "to_status", "on_date", "at", "why", "is_public"),
            _("What was done with the example, on which day, and by whom in the secretariat"),
            _("So that it can be seen afterwards how it was treated"),
            _("The coordinators, and you under your code."),
            WITH_THE_EXAMPLE,
        ),
        Entry(
            "examples.IdempotencyKey",
            ("hash", "body_hash", "sealed_answer", "delete_after"),
            _("A key that your browser makes, so that a double press of Send is stored once"),
            _("To store an example once only"),
            _("Nobody."),
            _("Until the end of the next day."),
        ),
        Entry(
            "cases.Effect",
            ("minutes", "times", "period"),
            _("How much time it takes now, if you write it when we ask whether it helped"),
            _("To see whether what was done helped"),
            EVERYBODY_WHEN_PUBLISHED,
            AS_THE_ORGANISATION_SAYS,
        ),
        Entry(
            "cases.Effect",
            ("change", "hours_before", "hours_now", "on_date", "is_noted"),
            _(
                "Your answer to whether the time came back, on which day, with what it comes to in hours a year, under"
                " the example's number"
            ),
            _("To see whether what was done helped"),
            EVERYBODY_WHEN_PUBLISHED,
            _("As long as the case, also when the example's words have gone."),
        ),
        Entry(
            "cases.Support",
            ("on_date", "minutes", "times", "period", "is_quarantined", "refused_date"),
            _("That somebody said “It happens to me too”, on which day, and the time it takes them. Not who"),
            _("To count"),
            _("Everybody, as a figure from five upwards."),
            _("As long as the case."),
        ),
    ),
)
ANSWERERS = Group(
    _("If you answer for a committee, an authority or a workplace"),
    (
        Entry(
            "cases.Reply",
            ("signed_name", "signed_title"),
            _("Your name and title, as you write them under an answer"),
            _("So that it can be seen who has answered"),
            _("The secretariat. Outside, the body's name and your title are shown, not your name."),
            _("As long as the case."),
        ),
        Entry(
            "registry.BodyContact",
            ("body", "name", "title", "email", "rank", "valid_from", "valid_to"),
            _("The address that the body is written to, and whom one writes to there"),
            _("To send and to remind"),
            _("The secretariat and the administrators."),
            _("Until an administrator changes it."),
        ),
        Entry(
            "cases.AccessLink",
            ("hash", "to_email_encrypted", "created_at", "expires_at", "revoked_at"),
            _("A fingerprint of the link to the body's page, and the address it was sent to, encrypted"),
            _("To let the body in, and nobody else"),
            _("Nobody; the secretariat sees that it exists."),
            _("As long as the letter."),
        ),
    ),
)
STAFF = Group(
    _("If you work with the examples"),
    (
        Entry(
            "organisations.User",
            (
                *("email", "password", "first_name", "last_name", "last_login", "date_joined"),
                *("is_active", "is_staff", "is_superuser"),
            ),
            _("Your e-mail, your name and your password (as a fingerprint only)"),
            _("To let you in"),
            _("The administrators and your colleagues; nobody sees the password."),
            _("Until an administrator takes you out."),
        ),
        Entry(
            "organisations.Membership",
            ("role",),
            _("Your role"),
            _("To let you do what you may, and no more"),
            _("The administrators and your colleagues."),
            _("Until an administrator takes it away."),
        ),
        Entry(
            "organisations.AccessEvent",
            ("at", "kind", "reference", "purpose"),
            _("When you have read an employee's own words or address, or made an export"),
            _("So that writers can trust that nobody reads without reason"),
            _("The coordinators and the administrators."),
            _("It is not deleted."),
        ),
    ),
)
REGISTER = (WRITERS, ANSWERERS, STAFF)

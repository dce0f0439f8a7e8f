"""History as people read it: what happened, when, by whom. The rows hold no text of any writer."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from backend.cases.models import Case, Visibility

EXAMPLE_MOVES = {
    "submit": _("Sent in"),
    "ask": _("Question asked"),
    "answer": _("The writer answered"),
    "add_message": _("The writer added something"),
    "stop_waiting": _("No longer waiting for an answer"),
    "make_case": _("Made into a case"),
    "add_to_case": _("Added to a case"),
    "leave_case": _("Taken out of the case"),
    "set_aside": _("Set aside"),
    "take_back": _("Taken back"),
    "to_whistleblower": _("Closed for the whistleblower scheme"),
    "withdraw": _("Withdrawn by the writer"),
    "erase": _("The words were erased"),
    "release_from_quarantine": _("Released from the flood guard"),
    "import": _("Imported"),
    "replace_code": _("New tracking code"),
    "delete_contact": _("The writer's address was deleted"),
}
CASE_MOVES = {
    "make_case": _("Case made"),
    "add_to_case": _("Example added"),
    "leave_case": _("Example taken out"),
    "example_removed": _("An example's words were removed"),
    "edit": _("Edited"),
    "mark_ready": _("Marked as ready"),
    "back_to_draft": _("Back to draft"),
    "prepare_referral": _("Body chosen"),
    "attach_files": _("Files attached to the row"),
    "remove_file": _("A file taken off the row"),
    "refer": _("Sent on"),
    "cancel_referral": _("Referral cancelled"),
    "renew_link": _("A new link was sent"),
    "revoke_link": _("The link was closed"),
    "pass_on": _("Passed on to a colleague"),
    "mail_bounced": _("The mail came back"),
    "send_again": _("The letter was sent again"),
    "escalate": _("Written to the next contact"),
    "record_reply": _("Reply entered"),
    "release_reply": _("Reply released"),
    "correct_reply": _("Reply entered anew"),
    "hold_reply": _("Reply held back"),
    "stop_holding": _("Reply no longer held back"),
    "withdraw_reply": _("Reply withdrawn"),
    "take_back_reply": _("Reply taken back: no answer after all"),
    "release_message": _("The body's correction shown"),
    "withdraw_message": _("The body's correction taken off"),
    "acknowledge": _("Seen by the body"),
    "answer_body": _("The body's question answered"),
    "correct_description": _("The body says the description is wrong"),
    "propose_reply": _("A colleague at the body wrote a draft"),
    "discard_proposal": _("A draft from a colleague at the body was thrown away"),
    "remind": _("Reminded of the answer"),
    "send_wording": _("The new wording was sent to the body"),
    "promise_late": _("Not done by the promised date"),
    "ask_effect": _("The writers were asked whether it helped"),
    "answer_effect": _("A writer said whether it helped"),
    "note_effect": _("Looked at what the writers said of the effect"),
    "accept_supports": _("Supports that had been set aside were counted"),
    "refuse_supports": _("Supports that had been set aside were refused"),
    "set_supports_aside": _("Supports were set aside"),
    "mark_done": _("Done"),
    "undo_done": _("Not done after all"),
    "close": _("Closed"),
    "reopen": _("Reopened"),
    "set_visibility": _("Shown to others"),
    "unpublish": _("Publication withdrawn"),
    "merge_into": _("Merged into another case"),
    "merged": _("Another case was merged into this one"),
    "unmerge": _("The merge was undone"),
    "unmerged": _("A merged case was taken out again"),
    "split": _("Split"),
    "object_to_wording": _("The writer had something to say about the wording"),
    "put_in_submission": _("Put in a submission"),
    "take_out_of_submission": _("Taken out of the submission"),
    "mark_sent": _("Sent with a submission"),
}
FIELDS = {"causes": _("causes"), "laws": _("laws")}


@dataclass(frozen=True)
class Entry:
    """One line of a history."""

    what: str
    detail: str
    when: object
    has_time: bool
    who: object
    is_public: bool


def example_timeline(example):
    """An example's history, newest first."""
    events = example.events.select_related("by").order_by("-id")
    return [
        Entry(
            EXAMPLE_MOVES.get(event.move, event.move),
            event.why,
            event.at or event.on_date,
            event.at is not None,
            event.by,
            event.is_public,
        )
        for event in events
    ]


def field_label(name):
    """A case's field as people call it."""
    return FIELDS[name] if name in FIELDS else Case._meta.get_field(name).verbose_name


def case_detail(event):
    """What a row adds to its verb: which fields, which body, who sees it, or the reason given."""
    if event.move == "edit":
        return ", ".join(str(field_label(name)) for name in event.fields)
    if event.move == "set_visibility" and event.why in Visibility:
        return Visibility(event.why).label
    if event.referral_id:
        name = event.referral.body_name_then
        return f"{name}: {event.why}" if event.why else name
    return event.why


def case_timeline(case):
    """A case's history, newest first."""
    events = (
        case.events.select_related("by", "referral__body")
        .prefetch_related("referral__body__periods")
        .order_by("-id")
    )
    return [
        Entry(
            CASE_MOVES.get(event.move, event.move),
            case_detail(event),
            event.at or event.on_date,
            event.at is not None,
            event.by,
            event.is_public,
        )
        for event in events
    ]

"""Every write about a case, its examples, its referrals and its replies.

All are keyword-only, with `by` the actor and `at` the moment (None: now), and atomic. They raise IllegalMove, or NotNow
which says why, where the move is not legal now (409), NotAllowed where the role does not hold it (403) and InvalidInput
for what was typed (422). A page shows NotNow as it shows any other InvalidInput: its sentence, with what was typed.
"""

from .answering import (
    acknowledge,
    answer_body,
    cancel_referral,
    mark_done,
    undo_done,
)
from .editing import (
    StaleVersion,
    back_to_draft,
    close,
    edit_case,
    mark_ready,
    reopen,
    set_visibility,
    unpublish,
)
from .effects import answer_effect, ask_effect, note_effect
from .enclosing import attach_files, remove_file
from .gathering import (
    accept_wording,
    accept_workplace,
    add_to_case,
    leave_case,
    make_case,
    merge_into,
    object_to_wording,
    split,
    unmerge,
)
from .letter_words import reset_letter, save_letter
from .links import open_link, pass_on, renew_link, revoke_link, send_new_link
from .referring import prepare_referral
from .releasing import (
    hold_replies,
    release_message,
    release_replies,
    release_reply,
    withdraw_message,
    withdraw_reply,
)
from .removing import erase, to_whistleblower, withdraw
from .replies import correct_reply, record_reply, take_back_reply
from .resending import escalate, mark_returned, send_letter_again
from .rewording import send_wording
from .sending import refer, refer_to_body, send_batch
from .setting_aside import set_aside, take_back
from .supports import (
    accept_supports,
    refuse_supports,
    set_supports_aside,
    submit_example_of,
    support_case,
)

__all__ = [
    "StaleVersion",
    "accept_supports",
    "accept_wording",
    "accept_workplace",
    "acknowledge",
    "add_to_case",
    "answer_body",
    "answer_effect",
    "ask_effect",
    "attach_files",
    "back_to_draft",
    "cancel_referral",
    "close",
    "correct_reply",
    "edit_case",
    "erase",
    "escalate",
    "hold_replies",
    "leave_case",
    "make_case",
    "mark_done",
    "mark_ready",
    "mark_returned",
    "merge_into",
    "note_effect",
    "object_to_wording",
    "open_link",
    "pass_on",
    "prepare_referral",
    "record_reply",
    "refer",
    "refer_to_body",
    "refuse_supports",
    "release_message",
    "release_replies",
    "release_reply",
    "remove_file",
    "renew_link",
    "reopen",
    "reset_letter",
    "revoke_link",
    "save_letter",
    "send_batch",
    "send_letter_again",
    "send_new_link",
    "send_wording",
    "set_aside",
    "set_supports_aside",
    "set_visibility",
    "split",
    "submit_example_of",
    "support_case",
    "take_back",
    "take_back_reply",
    "to_whistleblower",
    "undo_done",
    "unmerge",
    "unpublish",
    "withdraw",
    "withdraw_message",
    "withdraw_reply",
]

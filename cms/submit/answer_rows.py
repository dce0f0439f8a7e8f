"""One row of a letter as the body reads it: the words that were sent, what was answered, and what can be done now."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.actions.body import may_answer, replaceable
from backend.cases.lifecycle import OPEN_REFERRALS
from backend.cases.lifecycle import ReferralStatus as R
from backend.cases.terms import last_date
from backend.cases.wordings import is_called_back, wordings_of

# How a row stands, in the receiver's eyes: (words, look).
STANDS = {
    R.SENT: (_("New"), "moving"),
    R.ACKNOWLEDGED: (_("Seen"), "moving"),
    R.ASKED_BACK: (_("You have asked back: the deadline stands still"), "asks"),
    R.ANSWERED: (_("Answered"), "good"),
    R.RETURNED: (_("Sent back"), "still"),
    R.CANCELLED: (_("Taken back by the secretariat"), "still"),
}
DRAFTED = (_("Draft written"), "good")
ENDED = (_("Closed by the secretariat"), "still")


class Row:
    """One row under one link. `referral` comes with its case, replies (the current ones), messages, wordings
    and files."""

    def __init__(self, referral, link):
        self.referral, self.case = referral, referral.case
        self.key = referral.pk.hex
        self.is_draft_only = link.parent_id is not None
        current = list(referral.replies.all())
        self.proposals = [
            reply
            for reply in current
            if reply.is_proposal and (not self.is_draft_only or reply.link_id == link.pk)
        ]
        given = [reply for reply in current if not reply.is_proposal]
        self.replies = [] if self.is_draft_only else given
        self.replaceable = replaceable(referral, [reply for reply in given if reply.released_at is None])
        self.is_called_back = is_called_back(referral)
        self.wordings = [] if self.is_called_back else wordings_of(referral)
        # What went along with the row is read by whoever reads the row.
        self.files = [] if self.is_called_back else [attached.file for attached in referral.files.all()]
        self.can_answer = may_answer(referral, self.replaceable)
        self.can_correct = self.can_answer and not self.is_draft_only
        # A body's words about the description are the main link's; our answer to its question is for both, while the
        # row is theirs to read.
        self.messages = [
            message
            for message in referral.messages.all()
            if (not self.is_called_back if message.kind == "answer" else not self.is_draft_only)
        ]
        self.panels = {}
        # What was just done with it, and the row to go on with.
        self.notice, self.next = "", None

    @property
    def place(self):
        """The id of the row in the page. No secret holds a colon, so the address bar's script tells them apart."""
        return f"row:{self.key}"

    @property
    def wording(self):
        """What the letter said; None where the row has been called back."""
        return self.wordings[0] if self.wordings else None

    @property
    def new_wording(self):
        """What the secretariat has sent since; None: what the letter said still holds."""
        return self.wordings[-1] if len(self.wordings) > 1 else None

    @property
    def reworded_date(self):
        """The day the new wording was sent, or None."""
        return timezone.localdate(self.new_wording.sent_at) if self.new_wording else None

    @property
    def title(self):
        """The row's name, as it was sent last."""
        return self.wordings[-1].title if self.wordings else _("Called back")

    @property
    def stands(self):
        """How the row stands: (words, look)."""
        if self.is_called_back:
            return STANDS[R.CANCELLED]
        if not self.can_answer and self.referral.status in OPEN_REFERRALS:
            return ENDED
        if self.is_draft_only and self.proposals:
            return DRAFTED
        return STANDS[self.referral.status]

    @property
    def is_open(self):
        """Whether the secretariat still waits for an answer to it."""
        return self.can_answer and self.referral.status in OPEN_REFERRALS

    @property
    def is_answered(self):
        """Whether this receiver's part is done: answered or sent back, or under a sub-link a draft is written."""
        if self.is_draft_only:
            return bool(self.proposals)
        return self.referral.status in (R.ANSWERED, R.RETURNED)

    @property
    def waits(self):
        """Whether this receiver is still to write something; not while its question is being answered."""
        return self.is_open and not self.is_answered and self.referral.status != R.ASKED_BACK

    @property
    def due_date(self):
        """The day its term ends, or None where none runs."""
        runs = self.is_open and self.referral.status != R.ASKED_BACK
        return last_date(self.referral.due_at) if self.referral.due_at and runs else None

    @property
    def is_late(self):
        """Whether that day is over."""
        return self.due_date is not None and self.due_date < timezone.localdate()

    @property
    def former(self):
        """What a new answer starts from: the one it replaces. A colleague sees drafts only, never the answer itself."""
        if self.is_draft_only:
            return self.proposals[-1] if self.proposals else None
        return self.replaceable

    def draft(self, pk):
        """The colleague's draft with that id (hex), or None."""
        return next((reply for reply in self.proposals if reply.pk.hex == pk), None)

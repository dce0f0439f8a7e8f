"""What a body sees under its link: the letter, its rows in the secretariat's wording, and the panels it has opened.

Everything is rendered from the POST it answers: what was typed in any panel is still there, and nothing else is kept.
"""

from django.db.models import Prefetch
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from backend.attachments.cleaning import MAXIMUM_FILES
from backend.cases.actions.body import may_answer, replaceable
from backend.cases.lifecycle import OPEN_REFERRALS, ReferralStatus
from backend.cases.models import BatchFile, Reply, ReplyFile
from backend.cases.terms import last_date
from backend.cases.wordings import is_called_back, wordings_of
from backend.organisations.sealing import unseal
from backend.organisations.workdays import working_days_between
from cms.submit.answer_forms import (
    ANSWERS,
    FILE_TYPES,
    AnswerForm,
    CorrectionForm,
    PassOnForm,
    SignatureForm,
)

TOGETHER = "together"
COLLEAGUE = "colleague"
FORMS = {"answer": AnswerForm, "wrong": CorrectionForm, COLLEAGUE: PassOnForm}
R = ReferralStatus
# How a row stands, in the receiver's eyes: (words, look).
STANDS = {
    R.SENT: (_("New"), "moving"),
    R.ACKNOWLEDGED: (_("Seen"), "moving"),
    R.ASKED_BACK: (_("You have asked back: the deadline stands still"), "asks"),
    R.ANSWERED: (_("Answered"), "good"),
    R.RETURNED: (_("Sent back"), "still"),
    R.CANCELLED: (_("Taken back by the secretariat"), "still"),
}


class Panel:
    """An open form: of one row ("answer", "wrong"), of the ticked rows together, or for passing them on."""

    def __init__(self, key, kind, form, *, kept=None, keepable=(), draft=""):
        self.key, self.kind, self.form = key, kind, form
        self.errors = []
        self.draft = draft
        self.files = [{"file": file, "is_kept": kept is None or file.pk.hex in kept} for file in keepable]

    @property
    def name(self):
        """How the panel is named in the page's one form."""
        return f"{self.key}:{self.kind}"

    def fail(self, errors, uploads=()):
        """Show the action's `errors` at the fields; returns those that belong outside, at the signature."""
        elsewhere = []
        for error in errors:
            name, _slash, index = error.pointer.removeprefix("/").partition("/")
            if name in ("signed_name", "signed_title"):
                elsewhere.append(error)
                continue
            detail = str(error.detail)
            if name == "files":
                if index.isdigit() and int(index) < len(uploads):
                    detail = f"{uploads[int(index)].name}: {detail}"
                self.errors.append((f"id_{self.key}-files", detail))
            elif name in self.form.fields:
                self.form.add_error(name, detail)
            else:
                self.errors.append(("", detail))
        return elsewhere

    @property
    def summary(self):
        """Every error of the panel with the id of its field."""
        fields = [
            (bound.id_for_label or bound.auto_id, error)
            for bound in self.form
            if self.form.is_bound
            for error in bound.errors
        ]
        return [*fields, *self.errors]

    @property
    def file_errors(self):
        """What is wrong with the files."""
        return [detail for id_, detail in self.errors if id_.endswith("-files")]


class Row:
    """One row of the letter as its receiver reads it."""

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
        self.can_answer = may_answer(referral, self.replaceable)
        self.can_correct = self.can_answer and not self.is_draft_only
        self.messages = list(referral.messages.all())
        self.panels = {}
        self.notice = ""

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
            return _("Closed by the secretariat"), "still"
        return STANDS[self.referral.status]

    @property
    def is_open(self):
        """Whether the secretariat still waits for an answer to it."""
        return self.can_answer and self.referral.status in OPEN_REFERRALS

    @property
    def due_date(self):
        """The day its term ends, or None."""
        return last_date(self.referral.due_at) if self.referral.due_at and self.is_open else None

    @property
    def former(self):
        """What a new answer starts from: the one it replaces. A colleague sees drafts only, never the answer itself."""
        if self.is_draft_only:
            return self.proposals[-1] if self.proposals else None
        return self.replaceable


class Sheet:
    """The page of one link."""

    def __init__(self, request, link):
        self.request, self.link, self.data = request, link, request.POST
        self.secret = ""
        self.notice, self.status = "", 200
        self.panels = {}
        self.picks = set(self.data.getlist("pick"))
        self.signature = SignatureForm(
            initial={name: self.data.get(name, "") for name in SignatureForm.base_fields}
        )
        self.signature_errors = []

    @cached_property
    def rows(self):
        """Every row of the link, with what has been said about it: six queries however many there are."""
        replies = (
            Reply.objects.newest()
            .order_by("received_date", "id")
            .prefetch_related(Prefetch("files", ReplyFile.objects.select_related("file")))
        )
        referrals = (
            self.link.rows()
            .select_related("case")
            .prefetch_related(Prefetch("replies", replies), "messages", "wordings")
        )
        return {row.key: row for row in (Row(referral, self.link) for referral in referrals)}

    def reload(self):
        """Read the rows anew after an act."""
        self.__dict__.pop("rows", None)

    def picked(self):
        """The ticked rows that may be answered, in the letter's order."""
        return [row for row in self.rows.values() if row.key in self.picks and row.can_answer]

    # --- panels

    def is_known(self, key, kind):
        """Whether such a panel can stand on the page now."""
        if key in (TOGETHER, COLLEAGUE):
            return kind == ("answer" if key == TOGETHER else COLLEAGUE) and not (
                key == COLLEAGUE and self.link.parent_id
            )
        row = self.rows.get(key)
        return row is not None and (
            row.can_answer if kind == "answer" else kind == "wrong" and row.can_correct
        )

    def open_as_typed(self):
        """Open again every panel that the page had open, with what was typed in it."""
        for name in self.data.getlist("open"):
            key, _colon, kind = name.partition(":")
            if self.is_known(key, kind):
                self.add(self.panel_of(key, kind, FORMS[kind].as_typed(key, self.data)))

    def panel_of(self, key, kind, form):
        """The panel around `form`, with the files it can keep."""
        row = self.rows.get(key)
        keepable = []
        draft = ""
        if row is not None and kind == "answer":
            draft = self.data.get(f"{key}-draft", "")
            sources = [row.former, self.draft_of(row, draft)]
            found = [file.file for source in sources if source is not None for file in source.files.all()]
            keepable = list({file.pk: file for file in found}.values())
        kept = set(self.data.getlist(f"{key}-keep")) if f"{key}-answers" in self.data else None
        return Panel(key, kind, form, kept=kept, keepable=keepable, draft=draft)

    def draft_of(self, row, pk):
        """The colleague's draft with that id, on this row, or None."""
        return next((reply for reply in row.proposals if reply.pk.hex == pk), None)

    def add(self, panel):
        """Put the panel on the page."""
        self.panels[panel.name] = panel

    def drop(self, *names):
        """Take panels off the page."""
        for name in names:
            self.panels.pop(name, None)

    # --- the page

    def passed_on(self):
        """The sub-links that this receiver has made: to whom, which rows, and whether they still work."""
        if self.link.parent_id is not None:
            return []
        links = self.link.children.prefetch_related("referrals").order_by("created_at", "id")
        return [
            {
                "key": sub.pk.hex,
                "to": unseal(sub.to_email_encrypted),
                "rows": sorted(referral.position for referral in sub.referrals.all()),
                "on": timezone.localdate(sub.created_at),
                "is_closed": sub.revoked_at is not None,
            }
            for sub in links
        ]

    def letter(self):
        """What the secretariat wrote above the rows; it may name any of them, so a sub-link does not see it."""
        return "" if self.link.parent_id is not None else self.link.batch.letter

    def letter_files(self):
        """The files that went along with the letter. They hold every row: a sub-link does not see them, and nobody does
        once a row has been called back."""
        if self.link.parent_id is not None or any(row.is_called_back for row in self.rows.values()):
            return []
        return [row.file for row in BatchFile.objects.filter(batch=self.link.batch).select_related("file")]

    def files(self):
        """Every file that may be fetched on this page, by its id."""
        replies = [reply for row in self.rows.values() for reply in [*row.replies, *row.proposals]]
        attached = [file.file for reply in replies for file in reply.files.all()]
        return {file.pk.hex: file for file in [*self.letter_files(), *attached]}

    def term(self):
        """The next deadline: (day, working days left, working days over)."""
        days = [
            row.due_date
            for row in self.rows.values()
            if row.due_date and row.referral.status != ReferralStatus.ASKED_BACK
        ]
        if not days:
            return None
        due, today = min(days), timezone.localdate()
        return {
            "date": due,
            "left": working_days_between(today, due),
            "late": working_days_between(due, today),
        }

    def fail(self, panel, invalid, uploads=()):
        """Show what is wrong at its fields, the signature's too."""
        self.status = 422
        for error in panel.fail(invalid.errors, uploads):
            name = error.pointer.removeprefix("/")
            self.signature_errors.append((f"id_{name}", str(error.detail)))
            if not self.signature.is_bound:
                self.signature = SignatureForm(self.data)
                self.signature.is_valid()
            self.signature.add_error(name, str(error.detail))
        self.add(panel)

    def render(self):
        """The page."""
        for panel in self.panels.values():
            row = self.rows.get(panel.key)
            if row is not None:
                row.panels[panel.kind] = panel
        rows = list(self.rows.values())
        return TemplateResponse(
            self.request,
            "submit/answer/sheet.html",
            {
                "sheet": self,
                "link": self.link,
                "batch": self.link.batch,
                "secret": self.secret,
                "rows": rows,
                "done": sum(not row.is_open for row in rows),
                "unseen": sum(row.is_open and row.referral.status == ReferralStatus.SENT for row in rows),
                "term": self.term(),
                "picked": self.picked(),
                "together": self.panels.get(f"{TOGETHER}:answer"),
                "pass_on": self.panels.get(f"{COLLEAGUE}:{COLLEAGUE}"),
                "passed_on": self.passed_on(),
                "letter": self.letter(),
                "letter_files": self.letter_files(),
                "is_draft_only": self.link.parent_id is not None,
                "is_local": self.link.batch.body.organisation_id is not None,
                "hints": {str(key): hint for key, _label, hint in ANSWERS},
                "file_types": FILE_TYPES,
                "most_files": MAXIMUM_FILES,
            },
            status=self.status,
        )

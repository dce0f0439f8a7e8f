"""What a body sees under its link: the letter, its rows in the secretariat's wording, and the panels it has opened.

Everything is rendered from the POST it answers: what was typed in any panel is still there, and nothing else is kept.
"""

import uuid

from django.db.models import Prefetch
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property

from backend.attachments.cleaning import MAXIMUM_FILES, MAXIMUM_SIZE
from backend.cases.lifecycle import ReferralStatus
from backend.cases.models import BatchFile, ReferralFile, Reply, ReplyFile
from backend.organisations.sealing import unseal
from backend.organisations.workdays import working_days_between
from cms.submit.answer_forms import ANSWERS, FILE_TYPES, SignatureForm
from cms.submit.answer_panels import COLLEAGUE, FORMS, TOGETHER, Panel, prefix_of
from cms.submit.answer_rows import Row

# From so many rows on, the page begins with a list of them.
OVERVIEW_FROM = 5


class Sheet:
    """The page of one link."""

    def __init__(self, request, link):
        self.request, self.link, self.data = request, link, request.POST
        self.secret = ""
        self.notice, self.status = "", 200
        self.panels = {}
        # Panels whose text is void: saved, closed, or filled anew. The browser forgets what it kept of them.
        self.done = set()
        # The panel that was opened by this very request, to begin in.
        self.opened = ""
        self.picks = set(self.data.getlist("pick"))
        self.signature = SignatureForm(
            initial={name: self.data.get(name, "") for name in SignatureForm.base_fields}
        )
        self.notices = {}

    @cached_property
    def rows(self):
        """Every row of the link, with what has been said about it: seven queries however many there are."""
        replies = (
            Reply.objects.newest()
            .order_by("received_date", "id")
            .prefetch_related(Prefetch("files", ReplyFile.objects.select_related("file")))
        )
        files = ReferralFile.objects.select_related("file")
        referrals = (
            self.link.rows()
            .select_related("case")
            .prefetch_related(Prefetch("replies", replies), Prefetch("files", files), "messages", "wordings")
        )
        return {row.key: row for row in (Row(referral, self.link) for referral in referrals)}

    def reload(self):
        """Read the rows anew after an act."""
        self.__dict__.pop("rows", None)

    @property
    def is_draft_only(self):
        """Whether this is a colleague's sub-link, under which answers are drafts."""
        return self.link.parent_id is not None

    def picked(self):
        """The ticked rows that may be answered, in the letter's order."""
        return [row for row in self.rows.values() if row.key in self.picks and row.can_answer]

    def used_draft(self, pk):
        """(row, the colleague's draft with that id, as hex) of one that is on offer no more, as after a double click.

        (None, None) where there is none, or its row's answer is being typed.
        """
        if self.is_draft_only:
            return None, None
        draft = Reply.objects.filter(pk=as_uuid(pk), is_proposal=True, referral__in=self.link.rows()).first()
        row = self.rows[draft.referral_id.hex] if draft else None
        if row is None or row.draft(pk) is not None or self.holds_text(f"{row.key}:answer"):
            return None, None
        return row, draft

    def seen(self):
        """{row id: id of the answer that stood there} as the page showed it; None where the page did not say."""
        if "seen" not in self.data:
            return None
        pairs = (pair.partition(":") for pair in self.data.getlist("seen"))
        ids = ((as_uuid(row), as_uuid(reply)) for row, _colon, reply in pairs)
        return {row: reply for row, reply in ids if row and reply}

    # --- panels

    def can_open(self, key, kind):
        """Whether such a panel may be opened now."""
        row = self.rows.get(key)
        if row is not None:
            return row.can_answer if kind == "answer" else kind == "wrong" and row.can_correct
        return (key, kind) == (TOGETHER, "answer") or (
            (key, kind) == (COLLEAGUE, COLLEAGUE) and not self.is_draft_only
        )

    def open_as_typed(self):
        """Open again every panel that the page had open, with what was typed in it; also of a row that has ended."""
        for name in dict.fromkeys(self.data.getlist("open")):
            key, _colon, kind = name.partition(":")
            is_of_row = key in self.rows and kind in ("answer", "wrong")
            if is_of_row or self.can_open(key, kind):
                self.add(self.panel_of(key, kind, FORMS[kind].as_typed(prefix_of(key, kind), self.data)))

    def panel_of(self, key, kind, form, *, draft=None):
        """The panel around `form`, with the files it can keep. `draft`: the one it is filled from just now."""
        row = self.rows.get(key)
        keepable = []
        named = self.data.get(f"{key}-draft", "") if draft is None else draft.pk.hex
        if row is not None and kind == "answer":
            sources = [row.former, row.draft(named)]
            found = [file.file for source in sources if source is not None for file in source.files.all()]
            keepable = list({file.pk: file for file in found}.values())
        is_typed = draft is None and f"{key}-answers" in self.data
        return Panel(
            key,
            kind,
            form,
            rows=[row] if row is not None else self.picked(),
            kept=set(self.data.getlist(f"{key}-keep")) if is_typed else None,
            keepable=keepable,
            draft=named if row is not None and row.draft(named) else "",
            chosen=[file.name for file in self.request.FILES.getlist(f"{key}-files")],
        )

    def add(self, panel):
        """Put the panel on the page."""
        self.panels[panel.name] = panel

    def holds_text(self, name):
        """Whether something was typed in that panel."""
        panel = self.panels.get(name)
        return panel is not None and any(str(value).strip() for value in panel.form.initial.values())

    def drop(self, *names):
        """Take panels off the page, and what was typed in them."""
        for name in names:
            self.panels.pop(name, None)
            self.done.add(name)

    # --- what was said

    def say(self, row, text, *, is_done=False):
        """Show `text` at a row. `is_done`: with the way to the next one."""
        self.notices[row.key] = (text, is_done)

    def fail(self, panel, invalid, uploads=()):
        """Show what is wrong at its fields, the signature's too."""
        self.status = 422
        self.fail_signature(panel.fail(invalid.errors, uploads))
        self.add(panel)

    def fail_signature(self, errors):
        """Show what is wrong with who answers."""
        if errors and not self.signature.is_bound:
            self.signature = SignatureForm(self.data)
            self.signature.is_valid()
        for error in errors:
            self.signature.add_error(error.pointer.removeprefix("/"), str(error.detail))
        if errors:
            self.status = 422

    def summary(self):
        """Every error on the page as (id of its field or "", its label, the error), the signature's first."""
        if self.status != 422:
            return []
        signature = [
            (bound.id_for_label, bound.label, error)
            for bound in self.signature
            if self.signature.is_bound
            for error in bound.errors
        ]
        return [*signature, *(line for panel in self.panels.values() for line in panel.summary)]

    # --- the page

    def passed_on(self):
        """The sub-links that this receiver has made: to whom, which rows, and whether they still work."""
        if self.is_draft_only:
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
        return "" if self.is_draft_only else self.link.batch.letter

    def letter_files(self):
        """The files that went along with the letter. They hold every row: a sub-link does not see them, and nobody does
        once a row has been called back."""
        if self.is_draft_only or any(row.is_called_back for row in self.rows.values()):
            return []
        return [row.file for row in BatchFile.objects.filter(batch=self.link.batch).select_related("file")]

    def files(self):
        """Every file that may be fetched on this page, by its id."""
        replies = [reply for row in self.rows.values() for reply in [*row.replies, *row.proposals]]
        attached = [file.file for reply in replies for file in reply.files.all()]
        enclosed = [file for row in self.rows.values() for file in row.files]
        return {file.pk.hex: file for file in [*self.letter_files(), *enclosed, *attached]}

    def term(self):
        """The nearest deadline, or None where none runs: its day, the working days left or gone since, and whether all
        the rows that wait have the same one."""
        days = [row.due_date for row in self.rows.values() if row.due_date]
        if not days:
            return None
        due, today = min(days), timezone.localdate()
        return {
            "date": due,
            "is_late": due < today,
            "is_today": due == today,
            "left": working_days_between(today, due),
            "late": working_days_between(due, today),
            "is_shared": len(set(days)) == 1,
        }

    def next_after(self, row):
        """The row that waits for this receiver next after `row`, else the first one before it, else None."""
        rows = list(self.rows.values())
        at = rows.index(row)
        return next((other for other in rows[at + 1 :] + rows[:at] if other.waits), None)

    def render(self):
        """The page."""
        rows = list(self.rows.values())
        is_local = self.link.batch.body.organisation_id is not None
        for panel in self.panels.values():
            panel.parts = panel.form.parts(is_local=is_local) if panel.kind == "answer" else ()
            row = self.rows.get(panel.key)
            if row is not None:
                row.panels[panel.kind] = panel
                panel.is_over = not self.can_open(panel.key, panel.kind)
                panel.has_next = panel.kind == "answer" and self.next_after(row) is not None
        for key, (text, is_done) in self.notices.items():
            row = self.rows[key]
            row.notice, row.next = text, self.next_after(row) if is_done else None
        counted = [row for row in rows if row.is_open or row.is_answered]
        done = sum(row.is_answered for row in counted)
        return TemplateResponse(
            self.request,
            "submit/answer/sheet.html",
            {
                "sheet": self,
                "batch": self.link.batch,
                "secret": self.secret,
                "rows": rows,
                "hides_done": "hide" in self.data,
                "has_overview": len(rows) >= OVERVIEW_FROM,
                "counted": len(counted),
                "done": done,
                "all_done": bool(counted) and done == len(counted),
                "unseen": sum(row.is_open and row.referral.status == ReferralStatus.SENT for row in rows),
                "summary": self.summary(),
                "term": self.term(),
                "waiting": sum(row.waits for row in rows),
                "together": self.panels.get(f"{TOGETHER}:answer"),
                "pass_on": self.panels.get(f"{COLLEAGUE}:{COLLEAGUE}"),
                "passed_on": self.passed_on(),
                "letter": self.letter(),
                "letter_files": self.letter_files(),
                "is_draft_only": self.is_draft_only,
                "hints": {str(key): hint for key, _label, hint in ANSWERS},
                "file_types": FILE_TYPES,
                "most_files": MAXIMUM_FILES,
                "most_bytes": MAXIMUM_SIZE,
            },
            status=self.status,
        )


def as_uuid(text):
    """An id, or None where it is none."""
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        return None

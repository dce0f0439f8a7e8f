"""A body's own page, `/svar/`, under the link from its letter (P-20, P-21).

The address is one and the same for everybody: the secret travels in its fragment, which no server sees, and is then
posted. The view is that POST's answer. It is carried in a hidden field from there on; there is no cookie, and a GET
changes nothing. Whatever comes back, what was typed is in it.
"""

import logging

from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from backend.attachments.serving import file_response
from backend.cases.actions import body, open_link, pass_on, renew_link
from backend.error_pages import RETRY_AFTER_SECONDS
from backend.examples.attaching import check_attachments
from backend.examples.lifecycle import IllegalMove
from backend.examples.throttle import admit
from backend.examples.validation import FieldError, InvalidInput
from backend.organisations.permissions import NotAllowed
from cms.pages.queries import surroundings
from cms.submit.answer_forms import AnswerForm, CorrectionForm, PassOnForm
from cms.submit.answer_panels import COLLEAGUE, FORMS, SIGNATURE, TOGETHER, prefix_of
from cms.submit.answer_rescue import signature_in, typed_in
from cms.submit.answer_sheet import Sheet, as_uuid
from cms.submit.origin import public_form
from cms.submit.waiting import wait

logger = logging.getLogger(__name__)

LONGEST_LINK = 500
SAVED = _(
    "Saved – the secretariat reads your answer before it is shown to others. You can correct it until then."
)
DRAFTED = _("Saved as a draft for the one who passed the row on to you.")
MOVED = _(
    "Nothing has been saved: somebody else has been here meanwhile. Your text is still here. Look at how it stands now,"
    " and save again."
)
OVER = _(
    "Nothing has been saved: the row cannot be answered any more. Your text stands here for you to copy."
)
TYPING = _("You are writing an answer to the row already. Close it first, or copy from the draft.")
NO_DRAFT = _("The draft is not here any more. Look at the row below.")


@sensitive_post_parameters()
@public_form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request):
    """Ask for the link; with it, show its letter and do what the receiver asks."""
    if request.method != "POST":
        return TemplateResponse(request, "submit/answer/open.html", {})
    if retry_after := admit("answer", request).retry_after:
        return wait(request, 429, retry_after)
    try:
        return answer_to(request)
    except (OperationalError, InterfaceError) as error:
        logger.error("The database does not answer", exc_info=error)
        return wait(request, 503, RETRY_AFTER_SECONDS)


def answer_to(request):
    """The page that a POST gets."""
    secret = secret_in(request.POST.get("link", ""))
    organisation = surroundings(request).organisation
    if request.POST.get("do") == "renew":
        if organisation is not None:
            renew_link(secret=secret, organisation=organisation)
        return TemplateResponse(request, "submit/answer/renewed.html", {"typed": typed_in(request.POST)})
    link = open_link(secret, organisation=organisation) if organisation else None
    if link is None:
        return closed(request, secret)
    sheet = Sheet(request, link)
    sheet.secret = secret
    try:
        return act(sheet)
    except NotAllowed:
        # The link was closed while the page was open, or the row is another letter's: one and the same answer.
        return closed(request, secret)


def secret_in(typed):
    """The secret, from the whole link or from its last part alone, as it was pasted."""
    return "".join(typed[:LONGEST_LINK].rpartition("#")[2].split())


def closed(request, secret):
    """The one answer to every link that does not open a letter; what was typed stands there to be copied."""
    context = {"secret": secret, "typed": typed_in(request.POST), "signature": signature_in(request.POST)}
    return TemplateResponse(request, "submit/answer/closed.html", context, status=404)


def act(sheet):
    """Do what the pressed button says, and answer with the page."""
    name, _colon, rest = sheet.data.get("do", "").partition(":")
    sheet.open_as_typed()
    doing = ACTS.get(name)
    return (doing(sheet, rest) if doing else None) or sheet.render()


def acknowledge(sheet, _rest):
    """«Vi har set det»."""
    body.acknowledge(link=sheet.link, referrals=[row.referral for row in sheet.rows.values()])
    sheet.reload()
    sheet.notice = _("Thank you. The secretariat can see that you have got it.")


def pick_waiting(sheet, _rest):
    """Tick every row that still waits for an answer."""
    sheet.picks = {row.key for row in sheet.rows.values() if row.waits}


def open_panel(sheet, name):
    """Open a row's panel, filled with the answer that it corrects."""
    key, _colon, kind = name.partition(":")
    if name in sheet.panels or not sheet.can_open(key, kind):
        return
    if key in (TOGETHER, COLLEAGUE) and not sheet.picked():
        say_pick(sheet)
        return
    row = sheet.rows.get(key)
    initial = values_of(row.former) if row and kind == "answer" else {}
    sheet.add(sheet.panel_of(key, kind, FORMS[kind](prefix=prefix_of(key, kind), initial=initial)))
    sheet.opened = name


def say_pick(sheet):
    """Nothing is ticked."""
    sheet.status = 422
    sheet.notice = _("Choose the rows first: tick them off in the list.")


def values_of(reply):
    """What a form starts with."""
    if reply is None:
        return {}
    return {name: getattr(reply, name) for name in AnswerForm.base_fields}


def close_panel(sheet, name):
    """Fold a panel away, and forget what was typed in it."""
    sheet.drop(name)


def draft_at(sheet, pk, *, takes_over=True):
    """(row, the colleague's draft on it), or (None, None) with the reason said.

    `takes_over`: it comes in the place of what is being typed as the row's answer, so nothing may stand there.
    """
    if sheet.is_draft_only:
        raise NotAllowed("link")
    for row in sheet.rows.values():
        draft = row.draft(pk)
        if draft is None or not row.can_answer:
            continue
        if takes_over and sheet.holds_text(f"{row.key}:answer"):
            sheet.status = 409
            sheet.say(row, TYPING)
            return None, None
        return row, draft
    sheet.status, sheet.notice = 409, NO_DRAFT
    return None, None


def use_draft(sheet, pk):
    """Make a colleague's draft the answer, word for word."""
    row, used = sheet.used_draft(pk)
    row, draft = (row, used) if used else draft_at(sheet, pk)
    if draft is None:
        return
    signature = {name: sheet.data.get(name, "") for name in SIGNATURE}
    try:
        body.accept_proposal(link=sheet.link, reply=draft, seen=sheet.seen(), **signature)
    except InvalidInput as invalid:
        if used:
            sheet.status, sheet.notice = 409, NO_DRAFT
        elif any(error.pointer.removeprefix("/") not in SIGNATURE for error in invalid.errors):
            # Something in the draft holds no longer, such as a day that has passed: it has to be mended first.
            form = AnswerForm.of_reply(row.key, draft)
            form.is_valid()
            sheet.fail(sheet.panel_of(row.key, "answer", form, draft=draft), invalid)
        else:
            sheet.fail_signature(invalid.errors)
        return
    except IllegalMove:
        moved(sheet, [row.key])
        return
    finish(sheet, f"{row.key}:answer", [row.key])


def edit_draft(sheet, pk):
    """Fill the row's answer with a colleague's draft; nothing is saved before the receiver saves it."""
    row, draft = draft_at(sheet, pk)
    if draft is None:
        return
    name = f"{row.key}:answer"
    form = AnswerForm(prefix=row.key, initial=values_of(draft))
    sheet.add(sheet.panel_of(row.key, "answer", form, draft=draft))
    sheet.opened = name
    sheet.done.add(name)


def discard_draft(sheet, pk):
    """Throw a colleague's draft away."""
    row, draft = draft_at(sheet, pk, takes_over=False)
    if draft is None:
        return
    try:
        body.discard_proposal(link=sheet.link, reply=draft)
    except InvalidInput:
        # The colleague has written a newer one this very moment.
        sheet.status, sheet.notice = 409, NO_DRAFT
        return
    sheet.reload()
    sheet.say(row, _("The draft has been thrown away."))


def save(sheet, key):
    """Save one row's answer, or the ticked rows' together."""
    rows = sheet.picked() if key == TOGETHER else [row for row in [sheet.rows.get(key)] if row]
    over = [row for row in sheet.rows.values() if row.key in sheet.picks and not row.can_answer]
    if key == TOGETHER and over:
        skip(sheet, over)
        return
    if not rows:
        say_pick(sheet)
        return
    form = AnswerForm(sheet.data, prefix=key)
    panel = sheet.panel_of(key, "answer", form)
    uploads = sheet.request.FILES.getlist(f"{key}-files")
    is_parsed = form.is_valid()
    try:
        files, errors = cleaned_files(uploads)
        if errors or not is_parsed:
            check_all(sheet, form, errors)
        store(sheet, rows, panel, form, files)
    except InvalidInput as invalid:
        sheet.fail(panel, invalid, uploads)
        return
    except IllegalMove:
        moved(sheet, [row.key for row in rows], is_together=key == TOGETHER)
        return
    finish(sheet, panel.name, [row.key for row in rows])


def save_and_go_on(sheet, key):
    """Save one row's answer, and open the next row that waits."""
    save(sheet, key)
    saved = sheet.rows.get(key)
    following = sheet.next_after(saved) if saved is not None and sheet.status == 200 else None
    if following is None:
        return
    open_panel(sheet, f"{following.key}:answer")
    sheet.say(
        following,
        _("Row %(number)s has been saved. This is the next one.") % {"number": saved.referral.position},
    )


def skip(sheet, rows):
    """Some of the ticked rows cannot be answered any more: nothing is saved before the receiver knows which."""
    sheet.status = 409
    sheet.picks -= {row.key for row in rows}
    numbers = ", ".join(str(row.referral.position) for row in rows)
    sheet.notice = ngettext(
        "Nothing has been saved: row %(numbers)s cannot be answered any more and is not ticked now. Save again to"
        " answer the rest.",
        "Nothing has been saved: rows %(numbers)s cannot be answered any more and are not ticked now. Save again to"
        " answer the rest.",
        len(rows),
    ) % {"numbers": numbers}


def moved(sheet, keys, *, is_together=False):
    """Somebody was here meanwhile: show how the rows stand now, and keep what was typed."""
    sheet.reload()
    sheet.status = 409
    if is_together:
        sheet.notice = MOVED
        return
    for key in keys:
        row = sheet.rows[key]
        sheet.say(row, MOVED if row.can_answer else OVER)


def cleaned_files(uploads):
    """(the cleaned files, what is wrong with them). Takes seconds: done before anything is locked."""
    try:
        return check_attachments(uploads, pointer="/files"), []
    except InvalidInput as invalid:
        return [], invalid.errors


def check_all(sheet, form, errors):
    """Raise everything that is wrong with an answer that cannot be saved, the files' and the unreadable dates' too."""
    known = {f"/{name}" for name in form.errors}
    try:
        body.check_answer(**answer_of(sheet, form))
    except InvalidInput as invalid:
        errors = [*(error for error in invalid.errors if error.pointer not in known), *errors]
    raise InvalidInput(errors)


def answer_of(sheet, form):
    """The answer as the action takes it."""
    return {
        "answer": form.cleaned_data.get("answer") or "",
        "values": form.values(),
        "signed_name": sheet.data.get("signed_name", ""),
        "signed_title": sheet.data.get("signed_title", ""),
    }


def store(sheet, rows, panel, form, files):
    """Hand the answer to the action; a colleague's draft that was taken over is named as such."""
    kept = [entry["file"].pk for entry in panel.files if entry["is_kept"]]
    common = {
        "link": sheet.link,
        "files": files,
        "kept_files": kept,
        "seen": sheet.seen(),
        **answer_of(sheet, form),
    }
    draft = rows[0].draft(panel.draft) if panel.draft and not sheet.is_draft_only else None
    if draft is not None:
        body.accept_proposal(reply=draft, **common)
    else:
        body.answer(referrals=[row.referral for row in rows], **common)


def finish(sheet, name, keys):
    """After a save: the panel `name` is gone, the rows say that they are saved."""
    sheet.drop(name)
    sheet.reload()
    if name.startswith(TOGETHER):
        sheet.picks -= set(keys)
        sheet.notice = ngettext("%(count)s row saved.", "%(count)s rows saved.", len(keys)) % {
            "count": len(keys)
        }
        sheet.drop(*(f"{key}:answer" for key in keys if not sheet.holds_text(f"{key}:answer")))
    else:
        sheet.say(sheet.rows[keys[0]], DRAFTED if sheet.is_draft_only else SAVED, is_done=True)


def correct(sheet, key):
    """Our description is wrong."""
    row = sheet.rows.get(key)
    if row is None:
        raise NotAllowed("link")
    form = CorrectionForm(sheet.data, prefix=prefix_of(key, "wrong"))
    form.is_valid()
    panel = sheet.panel_of(key, "wrong", form)
    try:
        body.correct(
            link=sheet.link,
            referral=row.referral,
            text=form.cleaned_data["text"],
            signed_name=sheet.data.get("signed_name", ""),
            signed_title=sheet.data.get("signed_title", ""),
        )
    except InvalidInput as invalid:
        sheet.fail(panel, invalid)
        return
    except IllegalMove:
        moved(sheet, [key])
        return
    sheet.drop(panel.name)
    sheet.reload()
    sheet.say(
        sheet.rows[key], _("Saved – the secretariat reads it before it is shown beside the description.")
    )


def pass_rows_on(sheet, _rest):
    """Let a colleague draft the answers to the ticked rows."""
    if sheet.is_draft_only:
        raise NotAllowed("link")
    form = PassOnForm(sheet.data, prefix=COLLEAGUE)
    panel = sheet.panel_of(COLLEAGUE, COLLEAGUE, form)
    rows = sheet.picked()
    try:
        if not form.is_valid():
            raise InvalidInput([])
        pass_on(
            link=sheet.link,
            referrals=[row.referral for row in rows],
            to_email=form.cleaned_data["email"],
            by_name=sheet.data.get("signed_name", ""),
            by_title=sheet.data.get("signed_title", ""),
        )
    except InvalidInput as invalid:
        sheet.fail(panel, InvalidInput([in_our_names(error) for error in invalid.errors]))
        return
    except IllegalMove:
        moved(sheet, [row.key for row in rows], is_together=True)
        return
    sheet.drop(panel.name)
    sheet.picks = set()
    sheet.notice = _(
        "Your colleague has got a mail with a link of their own. What they write comes to you as a draft."
    )


def in_our_names(error):
    """An error of `pass_on`, pointing at this page's fields."""
    names = {"/to_email": "/email", "/name": "/signed_name", "/title": "/signed_title"}
    return FieldError(names.get(error.pointer, error.pointer), error.code, error.detail)


def take_back(sheet, pk):
    """Close a colleague's link."""
    sub_link = sheet.link.children.filter(pk=as_uuid(pk)).first()
    if sub_link is None:
        raise NotAllowed("link")
    body.take_back_rows(link=sheet.link, sub_link=sub_link)
    sheet.notice = _("Your colleague's link no longer works. Drafts that were written stay.")


def fetch_file(sheet, pk):
    """Hand out a file of this page; where it is gone, the page says so and nothing typed is lost."""
    file = sheet.files().get(pk)
    try:
        if file is not None:
            return file_response(file)
    except Http404:
        pass
    sheet.status, sheet.notice = 404, _("The file is not here any more.")


ACTS = {
    "acknowledge": acknowledge,
    "pick_waiting": pick_waiting,
    "open": open_panel,
    "close": close_panel,
    "use": use_draft,
    "edit": edit_draft,
    "discard": discard_draft,
    "save": save,
    "save_next": save_and_go_on,
    "correct": correct,
    "pass": pass_rows_on,
    "take_back": take_back,
    "file": fetch_file,
}

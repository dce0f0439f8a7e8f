"""A body's own page, `/svar/`, under the link from its letter (P-20, P-21).

The address is one and the same for everybody: the secret travels in its fragment, which no server sees, and is then
posted. The view is that POST's answer. It is carried in a hidden field from there on; there is no cookie, and a GET
changes nothing.
"""

import uuid

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from backend.attachments.serving import file_response
from backend.cases.actions import body, open_link, pass_on, renew_link
from backend.error_pages import error_page
from backend.examples.attaching import check_attachments
from backend.examples.lifecycle import IllegalMove
from backend.examples.throttle import admit
from backend.examples.validation import FieldError, InvalidInput
from backend.organisations.permissions import NotAllowed
from cms.pages.queries import surroundings
from cms.submit.answer_forms import AnswerForm, CorrectionForm, PassOnForm
from cms.submit.answer_sheet import COLLEAGUE, TOGETHER, Panel, Sheet
from cms.submit.origin import public_form

LONGEST_LINK = 500
SAVED = _(
    "Saved – the secretariat reads your answer before it is shown to others. You can correct it until then."
)
DRAFTED = _("Saved as a draft for the one who passed the row on to you.")
MOVED = _("Something has happened with this row meanwhile. Look at it, and save again.")


@sensitive_post_parameters()
@public_form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request):
    """Ask for the link; with it, show its letter and do what the receiver asks."""
    if request.method != "POST":
        return TemplateResponse(request, "submit/answer/open.html", {})
    if retry_after := admit("answer", request).retry_after:
        return error_page(request, 429, retry_after)
    secret = secret_in(request.POST.get("link", ""))
    organisation = surroundings(request).organisation
    if request.POST.get("do") == "renew":
        if organisation is not None:
            renew_link(secret=secret, organisation=organisation)
        return TemplateResponse(request, "submit/answer/renewed.html", {})
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
    typed = [
        text for name, text in request.POST.items() if name not in ("link", "do", "open") and len(text) > 30
    ]
    return TemplateResponse(
        request, "submit/answer/closed.html", {"secret": secret, "typed": typed}, status=404
    )


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


def open_panel(sheet, name):
    """Open a row's panel, filled with the answer that it corrects."""
    key, _colon, kind = name.partition(":")
    if name in sheet.panels or not sheet.is_known(key, kind):
        return
    if key in (TOGETHER, COLLEAGUE) and not sheet.picked():
        say_pick(sheet)
        return
    row = sheet.rows.get(key)
    if kind == "answer":
        former = row.former if row else None
        form = AnswerForm(prefix=key, initial=values_of(former))
    else:
        form = CorrectionForm(prefix=key) if kind == "wrong" else PassOnForm(prefix=key)
    panel = sheet.panel_of(key, kind, form)
    sheet.add(panel)


def say_pick(sheet):
    """Nothing is ticked."""
    sheet.status = 422
    sheet.notice = _("Tick the rows first.")


def values_of(reply):
    """What a form starts with."""
    if reply is None:
        return {}
    return {name: getattr(reply, name) for name in AnswerForm.base_fields}


def close_panel(sheet, name):
    """Fold a panel away, and forget what was typed in it."""
    sheet.drop(name)


def use_draft(sheet, pk):
    """Fill the row's answer with a colleague's draft; nothing is saved before the receiver saves it."""
    for row in sheet.rows.values():
        draft = sheet.draft_of(row, pk)
        if draft is None or not row.can_answer or row.is_draft_only:
            continue
        form = AnswerForm(prefix=row.key, initial=values_of(draft))
        panel = Panel(row.key, "answer", form, keepable=[file.file for file in draft.files.all()], draft=pk)
        sheet.add(panel)


def save(sheet, key):
    """Save one row's answer, or the ticked rows' together."""
    rows = sheet.picked() if key == TOGETHER else [row for row in [sheet.rows.get(key)] if row]
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
            check_all(sheet, rows, form, errors)
        replies = store(sheet, rows, panel, form, files)
    except InvalidInput as invalid:
        sheet.fail(panel, invalid, uploads)
        return
    except IllegalMove:
        sheet.reload()
        sheet.status, sheet.notice = 409, MOVED
        sheet.add(panel)
        return
    finish(sheet, panel, [reply.referral_id.hex for reply in replies])


def cleaned_files(uploads):
    """(the cleaned files, what is wrong with them). Takes seconds: done before anything is locked."""
    try:
        return check_attachments(uploads, pointer="/files"), []
    except InvalidInput as invalid:
        return [], invalid.errors


def check_all(sheet, rows, form, errors):
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
    common = {"link": sheet.link, "files": files, "kept_files": kept, **answer_of(sheet, form)}
    draft = sheet.draft_of(rows[0], panel.draft) if panel.draft else None
    if draft is not None:
        return [body.accept_proposal(reply=draft, **common)]
    return body.answer(referrals=[row.referral for row in rows], **common)


def finish(sheet, panel, keys):
    """After a save: the panel is gone, the rows say that they are saved."""
    sheet.drop(panel.name)
    sheet.picks -= set(keys) if panel.key == TOGETHER else set()
    sheet.reload()
    said = DRAFTED if sheet.link.parent_id else SAVED
    if panel.key == TOGETHER:
        sheet.notice = ngettext("%(count)s row saved.", "%(count)s rows saved.", len(keys)) % {
            "count": len(keys)
        }
        sheet.drop(*(f"{key}:answer" for key in keys))
    else:
        sheet.rows[keys[0]].notice = said


def correct(sheet, key):
    """Our description is wrong."""
    row = sheet.rows.get(key)
    if row is None:
        raise NotAllowed("link")
    form = CorrectionForm(sheet.data, prefix=key)
    form.is_valid()
    panel = Panel(key, "wrong", form)
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
        sheet.reload()
        sheet.status, sheet.notice = 409, MOVED
        return
    sheet.drop(panel.name)
    sheet.reload()
    sheet.rows[key].notice = _("Saved – the secretariat reads it before it is shown beside the description.")


def pass_rows_on(sheet, _rest):
    """Let a colleague draft the answers to the ticked rows."""
    if sheet.link.parent_id is not None:
        raise NotAllowed("link")
    form = PassOnForm(sheet.data, prefix=COLLEAGUE)
    panel = Panel(COLLEAGUE, COLLEAGUE, form)
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


def as_uuid(text):
    """A row's id, or None where it is none."""
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        return None


def fetch_file(sheet, pk):
    """Hand out a file of this page."""
    file = sheet.files().get(pk)
    if file is None:
        raise Http404
    return file_response(file)


ACTS = {
    "acknowledge": acknowledge,
    "open": open_panel,
    "close": close_panel,
    "use": use_draft,
    "save": save,
    "correct": correct,
    "pass": pass_rows_on,
    "take_back": take_back,
    "file": fetch_file,
}

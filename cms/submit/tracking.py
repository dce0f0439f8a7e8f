"""The writer's own view, under the tracking code. The code travels in a POST; the view is that POST's answer."""

import logging

from django.db import InterfaceError, OperationalError
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backend.cases.actions import (
    accept_wording,
    accept_workplace,
    answer_effect,
    object_to_wording,
    withdraw,
)
from backend.cases.following import follow
from backend.cases.models import Visibility
from backend.error_pages import RETRY_AFTER_SECONDS
from backend.examples.actions import add_message, delete_contact, open_example, replace_code
from backend.examples.actions import answer as answer_question
from backend.examples.lifecycle import IllegalMove, Status, available_to_submitter
from backend.examples.models import Contact, TrackingCode
from backend.examples.throttle import admit
from backend.examples.validation import InvalidInput
from cms.submit.forms import CodeForm, EffectForm, MessageForm, ObjectionForm
from cms.submit.origin import public_form
from cms.submit.waiting import wait

logger = logging.getLogger(__name__)

NOT_FOUND = _("We do not know this code. Check the words and their order.")


@public_form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request):
    """Ask for the code; with the code, show the example and do what the writer asks."""
    if request.method != "POST":
        return ask_for_code(request, CodeForm())
    if retry_after := admit("track", request).retry_after:
        return wait(request, 429, retry_after, address="spor/")
    try:
        # Rendered here: what the page asks of the database while it is made fails here too.
        return followed_up(request).render()
    except (OperationalError, InterfaceError) as error:
        logger.error("The database does not answer", exc_info=error)
        return wait(request, 503, RETRY_AFTER_SECONDS, address="spor/")


def followed_up(request):
    """The page that a POST gets."""
    form = CodeForm(request.POST)
    example = open_example(code=request.POST.get("code", "")[:500])
    if example is None:
        form.is_valid()
        form.add_error("code", NOT_FOUND)
        return ask_for_code(request, form, status=422)
    match request.POST.get("do"):
        case "message":
            return take_message(request, example)
        case "accept":
            return take_yes(request, example)
        case "object":
            return take_objection(request, example)
        case "effect":
            return take_effect(request, example)
        case "workplace":
            return take_workplace(request, example)
        case "address":
            return take_address_back(request, example)
        case "code":
            return give_new_code(request, example)
        case "withdraw":
            return take_withdrawal(request, example)
    return show(request, example)


def ask_for_code(request, form, *, status=200):
    """The page that asks for the code."""
    return TemplateResponse(request, "submit/enter_code.html", {"form": form}, status=status)


def show(
    request, example, *, form=None, objection=None, effect_form=None, status=200, notice="", new_code=""
):
    """What the writer may see of the example: status, history, dialogue, and what can be done now.

    What was typed into a form that the page has no more stands there to be copied.
    """
    code = new_code or request.POST.get("code", "")
    moves = {move.name for move in available_to_submitter(example)}
    followed = follow(example)
    case = followed.case
    wording = followed.row if followed.row and followed.row.wording_shown_date else None
    can_write = example.status not in (Status.WITHDRAWN, Status.ERASED)
    can_object = wording is not None and wording.wording_accepted_date is None
    unsent = objection if objection and not can_object else form if form and not can_write else None
    return TemplateResponse(
        request,
        "submit/tracking.html",
        {
            "example": example,
            "code": code,
            "new_code": new_code,
            "has_address": Contact.objects.filter(example=example).exists(),
            "form": form or MessageForm(),
            "objection": objection or ObjectionForm(auto_id="objection_%s"),
            "unsent": unsent,
            "effect_form": effect_form or EffectForm(auto_id="effect_%s"),
            "events": example.events.filter(is_public=True),
            "messages_shown": example.messages.all(),
            "followed": followed,
            "case": case,
            "is_published": case is not None and case.visibility == Visibility.PUBLIC,
            "wording": wording,
            "can_answer": "answer" in moves,
            "can_write": can_write,
            "can_withdraw": "withdraw" in moves,
            "read_by": example.read_by_date() if example.status == Status.RECEIVED else None,
            "notice": notice,
        },
        status=status,
    )


def take_effect(request, example):
    """What the writer says of the time now: did it come back?"""
    form = EffectForm(request.POST, auto_id="effect_%s")
    if not form.is_valid():
        return show(request, example, effect_form=form, status=422)
    try:
        answer_effect(example=example, **form.cleaned_data)
    except InvalidInput as invalid:
        if any(error.code == "nothing_to_answer" for error in invalid.errors):
            return show(request, example, notice=invalid.errors[0].detail, status=409)
        form.add_invalid(invalid)
        return show(request, example, effect_form=form, status=422)
    return show(
        request, example, notice=_("Thank you. It counts with the others' answers, once there are five.")
    )


def take_workplace(request, example):
    """The writer's yes to the workplace being asked."""
    try:
        accept_workplace(example=example)
    except InvalidInput as invalid:
        return show(request, example, notice=invalid.errors[0].detail, status=409)
    return show(request, example, notice=_("Thank you. The secretariat may ask the workplace now."))


def take_yes(request, example):
    """The writer's yes to the wording."""
    try:
        read = request.POST.get("version", "")
        accept_wording(example=example, version=int(read) if read.isascii() and read.isdigit() else None)
    except InvalidInput as invalid:
        return show(request, example, notice=invalid.errors[0].detail, status=409)
    return show(request, example, notice=_("Thank you. The text goes further as it is."))


def take_objection(request, example):
    """The writer's no to the wording, and what should be different."""
    form = ObjectionForm(request.POST, auto_id="objection_%s")
    form.is_valid()
    try:
        object_to_wording(example=example, text=form.cleaned_data["text"])
    except InvalidInput as invalid:
        form.add_invalid(invalid)
        example.refresh_from_db()
        return show(request, example, objection=form, status=422)
    example.refresh_from_db()
    return show(request, example, notice=_("Thank you. The secretariat can read it now."))


def take_message(request, example):
    """Store the writer's answer or addition, and show the example again."""
    form = MessageForm(request.POST)
    form.is_valid()
    act = answer_question if example.status == Status.AWAITING_SUBMITTER else add_message
    try:
        act(example=example, text=form.cleaned_data["text"])
    except InvalidInput as invalid:
        form.add_invalid(invalid)
        example.refresh_from_db()
        return show(request, example, form=form, status=422)
    except IllegalMove:
        # Somebody moved the example meanwhile: the text stays on the page.
        example.refresh_from_db()
        form.add_error(
            "text", _("Something has happened with your example meanwhile. Look below and send again.")
        )
        return show(request, example, form=form, status=409)
    example.refresh_from_db()
    return show(request, example, notice=_("Thank you. The secretariat can read it now."))


def take_address_back(request, example):
    """Delete the writer's address."""
    if not delete_contact(example=example):
        return show(request, example, notice=_("There is no address to delete."), status=409)
    return show(request, example, notice=_("Your address has been deleted. You get no more mail from us."))


def give_new_code(request, example):
    """Show a new code once; the old one opens nothing more."""
    try:
        fresh = replace_code(example=example, code=request.POST.get("code", "")[:500])
    except TrackingCode.DoesNotExist:
        # Replaced in another window between the look-up and now.
        form = CodeForm(request.POST)
        form.is_valid()
        form.add_error("code", NOT_FOUND)
        return ask_for_code(request, form, status=422)
    return show(request, example, new_code=fresh)


def take_withdrawal(request, example):
    """Withdraw the example, once the writer has said yes to what follows."""
    if request.POST.get("sure") != "yes":
        return show(
            request, example, notice=_("Tick that you are sure, and press Withdraw again."), status=422
        )
    try:
        withdraw(example=example)
    except IllegalMove:
        example.refresh_from_db()
        return show(
            request, example, notice=_("The example has already been withdrawn or erased."), status=409
        )
    example.refresh_from_db()
    return show(request, example, notice=_("Your example has been withdrawn, and your words are gone."))

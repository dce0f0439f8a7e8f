"""Choosing whom to ask. A person decides; what the rules suggested, and what was set aside, is kept with the choice."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from backend.cases.models import ReallyLaw, Referral
from backend.cases.suggestions import is_spared, suggestions
from backend.examples.models import Audience, Flag
from backend.examples.validation import check_text
from backend.organisations.permissions import moment
from backend.registry.models import BodyGroup

from .steps import begin, record, refuse

# The right way on for what must not go the ordinary way (domain.md F).
WAY_ON = {
    Flag.WHISTLEBLOWER: _(
        "This belongs in the whistleblower scheme. Do not look into it here: show the writer the way to the scheme."
    ),
    Flag.SINGLE_CITIZEN: _(
        "This is about one citizen. Describe the rule instead of the citizen, or show the way to the complaint or the"
        " citizens' adviser."
    ),
    Flag.ADVERSE_EVENT: _(
        "An adverse event is reported where adverse events are reported. The demand to report may be an example; the"
        " event may not."
    ),
}
_ASKED_FIRST = (BodyGroup.MINISTRY, BodyGroup.AGENCY)


@transaction.atomic
def prepare_referral(*, case, body, by, question="", reason="", rule_key="", at=None):
    """Choose a body for the case; nothing is sent and the case does not move. Returns the Referral.

    The rule that suggested the body is kept as it reads now. Another body than the suggested one needs a `reason` that
    the writer can read, and keeps which rule it sets aside: `rule_key`, or the first that suggested somebody else.
    """
    at = moment(at)
    _move, from_status, _why = begin(case, "prepare_referral", by=by)
    check_not_halted(case)
    _check_not_secretariat_only(case)
    check_may_be_asked(case, body, question)
    rule = _rule_of(case, body, reason, rule_key, at)
    referral = new_referral(case, body, question, reason or rule.pop("reason", ""), at, **rule)
    record(case, "prepare_referral", from_status=from_status, by=by, at=at, referral=referral)
    return referral


def _check_not_secretariat_only(case):
    """Preparing is planning: only the writer's «sekretariatet» bars it, not the days a wording waits."""
    if case.limit() == Audience.SECRETARIAT:
        raise refuse(
            "/body",
            "limited_by_writer",
            _("The writer wants only the secretariat to see this. The case stays internal."),
        )


def check_not_halted(case, pointer="/flag"):
    """A case that must not go the ordinary way is halted; the writer is shown the right way on."""
    if case.flag:
        raise refuse(pointer, "halted", WAY_ON[Flag(case.flag)])


def check_may_be_asked(case, body, question, pointer=None):
    """What holds when a body is chosen and again when it is asked: the case can be edited in between.

    There is something to ask, «Er det virkelig loven?» is answered before a ministry or an agency is asked, and no
    workplace is asked that is to be spared. `pointer`: where every fault is shown; None: at the field of each.
    """
    check_not_halted(case, pointer or "/flag")
    if not (case.proposal or str(question).strip()):
        raise refuse(
            pointer or "/question",
            "needs_question",
            _("The case has no proposal: write what to ask, such as “Why does this demand exist?”"),
        )
    if BodyGroup.of(body.kind) in _ASKED_FIRST:
        _check_really_law(case, pointer)
    check_workplace_spared(case, body, pointer or "/body")


def _check_really_law(case, pointer):
    if not case.really_law:
        raise refuse(
            pointer or "/really_law",
            "required",
            _("Is it really the law? Find out before a ministry or an agency is asked, and save the answer."),
        )
    if case.really_law == ReallyLaw.REQUIRED and not case.really_law_paragraph:
        raise refuse(
            pointer or "/really_law_paragraph",
            "required",
            _("Write the section of the law that requires it, such as § 83."),
        )


def _rule_of(case, body, reason, rule_key, at):
    """{rule_key, rule_text, reason} where a rule suggested the body, {overrides_rule} where one is set aside."""
    with translation.override(
        settings.LANGUAGE_CODE
    ):  # the writer reads it, whatever language its caller reads
        ways = [way for way in suggestions(case, date=timezone.localdate(at)).ways if way.bodies]
    for way in ways:
        for one in way.bodies:
            if one.value.pk == body.pk:
                return {"rule_key": one.rule, "rule_text": one.reason, "reason": one.reason}
    keys = [way.routed.rule.key for way in ways]
    if not keys:
        return {}
    if not str(reason).strip():
        raise refuse(
            "/reason",
            "required",
            _("Another body is suggested. Write why you choose this one; the writer can read it."),
        )
    return {"overrides_rule": rule_key if rule_key in keys else keys[0]}


def check_workplace_spared(case, body, pointer):
    """A workplace is asked only with five or more examples behind the case, or with the writers' yes under the code."""
    if is_spared(case, body):
        raise refuse(
            pointer,
            "spares_workplace",
            _(
                "A writer wants the workplace spared. Choose the centre, wait until five examples say the same,"
                " or until the writer says yes under the tracking code."
            ),
        )


def new_referral(case, body, question, reason, at, **fields):
    """Make the prepared Referral, or raise InvalidInput at what was chosen or typed."""
    if body.is_type or body.organisation_id not in (None, case.organisation_id):
        raise refuse("/body", "unknown_choice", _("Choose one of the options on the list."))
    referral = Referral(
        case=case,
        body=body,
        question=check_text(question, pointer="/question", maximum=2000),
        reason=check_text(reason, pointer="/reason", maximum=500),
        prepared_date=timezone.localdate(at),
        **fields,
    )
    try:
        referral.validate_constraints()
    except ValidationError:
        raise refuse(
            "/body", "already_chosen", _("This body has already been chosen for the case.")
        ) from None
    referral.save(force_insert=True)
    return referral

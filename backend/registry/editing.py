"""What an organisation's administrator changes in its own registry. National bodies and laws are not theirs to change.

The actions stand in `actions.py` beside the loading; this module only checks and writes rows.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import BodyContact, BodyPeriod, CoreTaskName, TargetKind

# The flags that a rule may ask for; `backend.examples.models.Flag` says what they are.
FLAGS = ("whistleblower", "enkeltsag", "utilsigtet_haendelse")


def replace_rows(manager, rows, make):
    """Let `rows` (dicts) be all the rows behind `manager`; each is validated by `make`."""
    manager.all().delete()
    for row in rows:
        one = make(**row)
        one.full_clean()
        one.save(force_insert=True)


def write_names(core_task, names):
    """Replace a core task's names."""
    if not names:
        raise ValidationError({"names": _("The core task needs a name.")})
    replace_rows(core_task.names, names, lambda **row: CoreTaskName(core_task=core_task, **row))


def write_periods(body, periods):
    """Replace a body's names through time; two periods never speak of the same day."""
    if not periods:
        raise ValidationError({"periods": _("The body needs a name.")})
    rows = [BodyPeriod(body=body, **period) for period in periods]
    for number, one in enumerate(rows):
        if any(one.overlaps(other) for other in rows[number + 1 :]):
            raise ValidationError({"periods": _("Two periods speak of the same day.")})
    # Parents must be the organisation's own or national.
    for one in rows:
        if one.parent is not None and one.parent.organisation_id not in (None, body.organisation_id):
            raise ValidationError({"periods": _("Choose one of the options on the list.")})
    replace_rows(body.periods, periods, lambda **row: BodyPeriod(body=body, **row))


def write_contacts(body, organisation, contacts):
    """Replace where `organisation` writes to `body`; other organisations' addresses are their own."""
    own = body.contacts.filter(organisation=organisation)
    own.delete()
    for contact in contacts:
        one = BodyContact(body=body, organisation=organisation, **contact)
        one.full_clean()
        one.save(force_insert=True)


def check_own(organisation, rows):
    """Raise ValidationError unless every body or core task in `rows` is national or `organisation`'s own."""
    if any(row is not None and row.organisation_id not in (None, organisation.pk) for row in rows):
        raise ValidationError(_("Choose one of the options on the list."))


def check_rule(rule):
    """Raise ValidationError, by column, unless the rule says whole and no more than it needs.

    It names the body or the role that it points at; only a flag stops a case, since only a flag has a way on to show.
    """
    if rule.flag and rule.flag not in FLAGS:
        raise ValidationError({"flag": _("Choose one of the options on the list.")})
    if (rule.target == TargetKind.BODY) != (rule.target_body is not None):
        raise ValidationError({"target_body": _("Choose the body that the rule points at.")})
    if rule.target_body is not None and rule.target_body.is_type:
        raise ValidationError({"target_body": _("This is a kind of body, not a body.")})
    if (rule.target == TargetKind.ROLE) != bool(rule.target_role):
        raise ValidationError({"target_role": _("Choose the role that the rule points at.")})
    if (rule.target == TargetKind.HALT) != bool(rule.flag):
        raise ValidationError({"flag": _("A flag stops the case, and only a flag does.")})

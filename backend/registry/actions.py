"""Writes about the registry: loading the data files, what a new organisation starts from, and its own changes."""

import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.organisations.permissions import check_permission
from backend.registry.editing import check_own, check_rule, write_contacts, write_names, write_periods
from backend.registry.loading import DATA, STARTING_SET, load_own, load_shared
from backend.registry.models import (
    Body,
    CoreTask,
    CoreTaskName,
    OrganisationArea,
    OrganisationRole,
    ResponseTerm,
    RoutingRule,
)
from backend.registry.rules import next_key, placed, rules_for

logger = logging.getLogger(__name__)


@transaction.atomic
def load_registry(*, folder=DATA, organisation=None):
    """Load the shared registry, or with `organisation` its own from `folder`. All of it or nothing.

    Idempotent: rows are matched on their keys. Returns a Report; a BrokenFile says file, row and column.
    """
    return load_shared(folder) if organisation is None else load_own(folder, organisation=organisation)


@transaction.atomic
def copy_starting_set(*, organisation, folder=STARTING_SET):
    """Give `organisation` the core tasks, bodies, areas and roles that everybody starts from.

    Only what is missing is added: what the organisation has made of its own stays. Returns a Report.
    """
    own = set(organisation.core_tasks.values_list("key", flat=True))
    for task in CoreTask.objects.filter(organisation=None).exclude(key__in=own).prefetch_related("names"):
        copy = CoreTask.objects.create(
            organisation=organisation, key=task.key, camp_key=task.camp_key, position=task.position
        )
        CoreTaskName.objects.bulk_create(
            CoreTaskName(
                core_task=copy,
                name=name.name,
                valid_from=name.valid_from,
                valid_to=name.valid_to,
                known_date=name.known_date,
            )
            for name in task.names.all()
        )
    return load_own(folder, organisation=organisation, only_add=True)


@transaction.atomic
def save_core_task(*, organisation, by, names, key="", position=0, core_task=None):
    """Make or change one of the organisation's core tasks. `names`: dicts of name, valid_from, valid_to, known_date.

    The key is set once. Raises NotAllowed, ValidationError.
    """
    check_permission(by, "settings.edit", organisation)
    if core_task is None:
        core_task = CoreTask(organisation=organisation, key=key)
    check_own(organisation, [core_task])
    core_task.position = position
    core_task.full_clean()
    core_task.save()
    write_names(core_task, names)
    return core_task


@transaction.atomic
def save_areas(*, organisation, by, rows):
    """Say what each area is here: `rows` is {Area: {"core_task", "committee", "centre"}}, None where nothing is."""
    check_permission(by, "settings.edit", organisation)
    for area, values in rows.items():
        check_own(organisation, values.values())
        OrganisationArea.objects.update_or_create(organisation=organisation, area=area, defaults=values)


@transaction.atomic
def save_roles(*, organisation, by, rows):
    """Say which body holds which role: `rows` is {role: Body or None}."""
    check_permission(by, "settings.edit", organisation)
    check_own(organisation, rows.values())
    for role, body in rows.items():
        if body is None:
            OrganisationRole.objects.filter(organisation=organisation, role=role).delete()
        else:
            OrganisationRole.objects.update_or_create(
                organisation=organisation, role=role, defaults={"body": body}
            )


@transaction.atomic
def save_body(*, organisation, by, kind, level, periods, contacts, key="", type=None, body=None):
    """Make or change one of the organisation's own bodies, with its names through time and its addresses.

    `periods`: dicts of name, parent, valid_from, valid_to, known_date, note; `contacts`: dicts of email, rank.
    Raises NotAllowed, ValidationError.
    """
    check_permission(by, "settings.edit", organisation)
    if body is None:
        body = Body(organisation=organisation, key=key)
    if body.organisation_id != organisation.pk:
        raise ValidationError(_("National bodies are kept up with the product."))
    check_own(organisation, [type])
    body.kind, body.level, body.type = kind, level, type
    body.full_clean()
    body.save()
    write_periods(body, periods)
    write_contacts(body, organisation, contacts)
    return body


@transaction.atomic
def save_contacts(*, organisation, by, body, contacts):
    """Where the organisation writes to `body`, which may be a national one. Raises NotAllowed, ValidationError."""
    check_permission(by, "settings.edit", organisation)
    check_own(organisation, [body])
    write_contacts(body, organisation, contacts)


@transaction.atomic
def own_rules(*, organisation, by):
    """The organisation's own rules in their order; the first time, a copy of the starting set with the same numbers."""
    check_permission(by, "settings.edit", organisation)
    rules = rules_for(organisation)
    if not rules or rules[0].organisation_id is not None:
        return rules
    names = ["key", "priority", "flag", "area", "cause", "rule_level", "target", "target_body", "target_role"]
    RoutingRule.objects.bulk_create(
        RoutingRule(
            organisation=organisation,
            reason=rule.reason,
            is_active=rule.is_active,
            **{name: getattr(rule, name) for name in names},
        )
        for rule in rules
    )
    return rules_for(organisation)


@transaction.atomic
def save_rule(*, organisation, by, values, key=None, after=None):
    """Make a rule (`key` None) or change the one with this number, and put it after the rule `after` (see `placed`).

    `values`: flag, area, cause, rule_level, target, target_body, target_role, reason, is_active. The number stays when
    the order changes. Raises NotAllowed, ValidationError, RoutingRule.DoesNotExist.
    """
    rules = own_rules(organisation=organisation, by=by)
    if key is None:
        rule = RoutingRule(organisation=organisation, key=next_key(rules), priority=1)
    else:
        found = [each for each in rules if each.key == key]
        if not found:
            raise RoutingRule.DoesNotExist
        rule = found[0]
    for name, value in values.items():
        setattr(rule, name, value)
    check_own(organisation, [rule.target_body])
    check_rule(rule)
    rule.full_clean()
    rule.save()
    _renumber(placed(rules, rule, after=after))
    return rule


@transaction.atomic
def move_rule(*, organisation, by, key, is_up):
    """Let the rule with this number change places with the one before it, or after it."""
    rules = own_rules(organisation=organisation, by=by)
    keys = [rule.key for rule in rules]
    if key not in keys:
        raise RoutingRule.DoesNotExist
    at = keys.index(key)
    other = at - 1 if is_up else at + 1
    if 0 <= other < len(rules):
        rules[at], rules[other] = rules[other], rules[at]
        _renumber(rules)


def _renumber(rules):
    """Write the order as it stands, where it is not already what the priorities say."""
    wanted = sorted(rule.priority for rule in rules)
    if len(set(wanted)) < len(wanted):
        wanted = [10 * (number + 1) for number in range(len(rules))]
    changed = []
    for rule, priority in zip(rules, wanted, strict=True):
        if rule.priority != priority:
            rule.priority = priority
            changed.append(rule)
    RoutingRule.objects.bulk_update(changed, ["priority"])


@transaction.atomic
def set_rule_in_use(*, organisation, by, key, is_active):
    """Take the rule with this number into use, or out of it; it is kept."""
    rules = own_rules(organisation=organisation, by=by)
    rule = next((each for each in rules if each.key == key), None)
    if rule is None:
        raise RoutingRule.DoesNotExist
    rule.is_active = is_active
    rule.save(update_fields=["is_active"])


@transaction.atomic
def reset_rules(*, organisation, by):
    """Give up the organisation's own rules and use the starting set again. Returns how many were given up.

    What cases say of the rules that suggested their bodies is kept on the cases, as it read then. Raises NotAllowed.
    """
    check_permission(by, "settings.edit", organisation)
    count, _by_model = RoutingRule.objects.filter(organisation=organisation).delete()
    # It cannot be undone, so whoever runs the installation can see who did it and when.
    logger.info("%s own routing rules of %s given up by user %s", count, organisation.key, by.pk)
    return count


@transaction.atomic
def save_terms(*, organisation, by, rows):
    """Set how long kinds of body have for their answers here, and when they are reminded.

    `rows`: {group: {working_days, remind_before, remind_after, is_automatic}}. A group that is not in it has the
    default again. What has been sent keeps its term. Raises NotAllowed, ValidationError with field messages.
    """
    check_permission(by, "settings.edit", organisation)
    terms = [ResponseTerm(organisation=organisation, group=group, **values) for group, values in rows.items()]
    for term in terms:
        term.full_clean(validate_unique=False, validate_constraints=False)
    organisation.response_terms.all().delete()
    ResponseTerm.objects.bulk_create(terms)

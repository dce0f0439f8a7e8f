"""Who can act: the rules in their order, one rule with a trial before it is saved, and the leaders of workplaces."""

from copy import copy

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.cases.lifecycle import ReferralStatus
from backend.cases.models import Referral
from backend.cases.trying import try_rules
from backend.examples.models import Flag
from backend.organisations.permissions import can
from backend.registry import actions
from backend.registry.editing import check_rule
from backend.registry.models import Body, RoutingRule
from backend.registry.rules import (
    ROLES,
    faults,
    has_own_rules,
    next_key,
    own_changes,
    placed,
    rules_for,
)
from cms.desk.access import chosen_organisation, desk_view
from cms.desk.forms.rules import LeaderForm, RuleForm
from cms.desk.views.registry import address, shared_context, told

CONDITIONS = ("flag", "area", "cause", "rule_level")
CHANGES = {
    "new": gettext_lazy("Your own rule"),
    "changed": gettext_lazy("Changed by you"),
    "moved": gettext_lazy("Moved by you"),
}


def counted(organisation, column):
    """{rule's number: referrals} by the column that names it; one that was taken back says nothing of the rule."""
    rows = Referral.objects.filter(case__organisation=organisation).exclude(**{column: ""}).order_by()
    rows = rows.exclude(status=ReferralStatus.CANCELLED)
    return dict(rows.values_list(column).annotate(Count("pk")))


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def rules(request):
    """The rules in their order; a POST moves one, or takes it into use or out of it."""
    organisation = chosen_organisation(request, "settings.edit")
    if request.method == "POST":
        change(request, organisation)
        return redirect(address("desk:rules", organisation))
    rows = rules_for(organisation)
    wrong = faults(rows, date=timezone.localdate())
    used, overridden = counted(organisation, "rule_key"), counted(organisation, "overrides_rule")
    for rule in rows:
        rule.faults = wrong.get(rule.pk, [])
        rule.used, rule.overridden = used.get(rule.key, 0), overridden.get(rule.key, 0)
        say(rule)
    context = shared_context(request, organisation, _("Registry"), "rules") | {
        "rules": rows,
        "is_own": has_own_rules(organisation),
    }
    return render(request, "desk/registry/rules.html", context)


def say(rule):
    """Put on the rule what a page prints of its flag and of whom it points at."""
    rule.flag_name = Flag(rule.flag).label if rule.flag else ""
    rule.aim = rule.target_body or ROLES.get(rule.target_role) or rule.get_target_display()


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def reset(request):
    """Use the standard rules again: first what would be lost, then, with the button there, done."""
    organisation = chosen_organisation(request, "settings.edit")
    if not has_own_rules(organisation):
        return redirect(address("desk:rules", organisation))
    if request.method == "POST":
        actions.reset_rules(organisation=organisation, by=request.user)
        messages.success(request, _("You use the standard rules again."))
        return redirect(address("desk:rules", organisation))
    changes = own_changes(organisation)
    for rule, _kind in changes:
        say(rule)
    count = len(changes)
    context = shared_context(request, organisation, _("Use the standard rules again"), "rules") | {
        "changes": [(rule, CHANGES[kind]) for rule, kind in changes],
        "told": ngettext("%(count)s rule differs", "%(count)s rules differ", count) % {"count": count},
    }
    return render(request, "desk/registry/reset_rules.html", context)


def change(request, organisation):
    """Call the action that the button names."""
    who = {"organisation": organisation, "by": request.user, "key": request.POST.get("key", "")}
    move = request.POST.get("move")
    try:
        if move in ("up", "down"):
            actions.move_rule(**who, is_up=move == "up")
        elif move in ("use", "rest"):
            actions.set_rule_in_use(**who, is_active=move == "use")
        else:
            raise Http404
    except RoutingRule.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Saved."))


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def rule(request, number=None):
    """Make or change a rule; «try» shows what it would do and saves nothing."""
    organisation = chosen_organisation(request, "settings.edit")
    standing = rules_for(organisation)
    found = next((each for each in standing if each.key == number), None)
    if number is not None and found is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = RuleForm(data, organisation=organisation, initial=as_typed(found) if found else None)
    trial = None
    if data is not None and form.is_valid():
        try:
            if "try" in data:
                trial = tried(request, organisation, standing, found, form.cleaned_data)
            else:
                actions.save_rule(
                    organisation=organisation, by=request.user, values=form.cleaned_data, key=number
                )
                messages.success(request, _("Saved."))
                return redirect(address("desk:rules", organisation))
        except ValidationError as error:
            point(form, error)
    title = _("Rule %(number)s") % {"number": number} if number else _("A new rule")
    context = shared_context(request, organisation, title, "rules") | {
        "form": form,
        "conditions": [form[name] for name in CONDITIONS],
        "aims": [form[name] for name in form.fields if name not in CONDITIONS],
        "trial": trial,
    }
    return render(request, "desk/registry/rule.html", context, status=422 if form.errors else 200)


def as_typed(rule):
    """The rule as its form shows it."""
    names = ("flag", "target", "target_role", "reason", "is_active")
    ids = ("area", "cause", "rule_level", "target_body")
    return {name: getattr(rule, name) for name in names} | {
        name: str(getattr(rule, f"{name}_id") or "") for name in ids
    }


def tried(request, organisation, standing, found, values):
    """{count, changes} of the rules with this one as it was typed."""
    one = copy(found) if found else RoutingRule(organisation=organisation, key=next_key(standing), priority=1)
    for name, value in values.items():
        setattr(one, name, value)
    check_rule(one)
    count, changes = try_rules(
        organisation=organisation,
        before=standing,
        after=placed(standing, one),
        date=timezone.localdate(),
    )
    # Whoever only administers reads no case: the reference and the bodies are enough to judge a rule by.
    shows_titles = can(request.user, "case.view", organisation)
    return {"count": count, "changes": changes, "shows_titles": shows_titles}


def point(form, error):
    """Put a ValidationError at the fields that it names."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for name, texts in by_field.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def workplaces(request):
    """Every workplace with its leader, in one table; further addresses of a workplace stay."""
    organisation = chosen_organisation(request, "settings.edit")
    data = request.POST if request.method == "POST" else None
    places = Body.objects.filter(
        organisation=organisation, level="institution", kind="workplace", is_type=False
    )
    rows = []
    for body in sorted(places.with_names().prefetch_related("contacts"), key=str):
        contacts = [row for row in body.contacts.all() if row.organisation_id == organisation.pk]
        first = min(contacts, key=lambda row: row.rank, default=None)
        initial = {name: getattr(first, name) for name in ("name", "title", "email")} if first else None
        rows.append((body, LeaderForm(data, prefix=str(body.pk), initial=initial), contacts, first))
    # Every row is asked, so that all that is wrong is told at once.
    wrong = [form for _body, form, _contacts, _first in rows if data is not None and not form.is_valid()]
    if data is not None and not wrong:
        try:
            save_leaders(organisation, request.user, rows)
        except ValidationError as error:
            messages.error(request, told(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(address("desk:workplaces", organisation))
    context = shared_context(request, organisation, _("Registry"), "workplaces") | {"rows": rows}
    return render(request, "desk/registry/workplaces.html", context, status=422 if data is not None else 200)


def save_leaders(organisation, by, rows):
    """Write the leaders that were changed."""
    kept = ("email", "name", "title", "rank", "valid_from", "valid_to")
    for body, form, contacts, first in rows:
        if not form.has_changed():
            continue
        others = [{name: getattr(row, name) for name in kept} for row in contacts if row is not first]
        leader = form.cleaned_data
        mine = [{**leader, "rank": first.rank if first else 1}] if leader["email"] else []
        actions.save_contacts(organisation=organisation, by=by, body=body, contacts=[*mine, *others])

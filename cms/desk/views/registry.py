"""The organisation's registry: what is its own is edited, what is national is read."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.registry import actions
from backend.registry.models import Body, CoreTask
from backend.registry.rules import ROLES
from cms.desk.access import chosen_organisation, desk_view, forget_draft, organisations_of
from cms.desk.forms.registry import (
    AreaTable,
    BodyForm,
    ContactFormSet,
    CoreTaskForm,
    NameFormSet,
    PeriodFormSet,
    body_options,
    chosen,
    filled,
)


def address(name, organisation, *args):
    """A page of the registry, for the same organisation."""
    return f"{reverse(name, args=args)}?organisation={organisation.key}"


def shared_context(request, organisation, title, tab):
    """What every page of the registry shows."""
    return {
        "title": title,
        "organisation": organisation,
        "organisations": organisations_of(request.user, "settings.edit"),
        "tab": tab,
        "tabs": [
            ("bodies", _("Bodies"), address("desk:registry", organisation)),
            ("areas", _("Areas"), address("desk:areas", organisation)),
            ("core_tasks", _("Core tasks"), address("desk:core_tasks", organisation)),
            ("roles", _("Roles of bodies"), address("desk:roles", organisation)),
            ("workplaces", _("Workplaces"), address("desk:workplaces", organisation)),
            ("rules", _("Rules"), address("desk:rules", organisation)),
            ("terms", _("Terms and reminders"), address("desk:terms", organisation)),
            ("letters", _("Words of letters"), address("desk:letter_words", organisation)),
        ],
    }


def told(error):
    """A ValidationError's sentences."""
    return " ".join(str(message) for message in error.messages)


@desk_view("settings.edit")
def bodies(request):
    """The organisation's own bodies, and the national ones behind them."""
    organisation = chosen_organisation(request, "settings.edit")
    words = request.GET.get("q", "").strip().lower()
    rows = Body.objects.of(organisation).with_names().prefetch_related("contacts").select_related("type")
    own, national = [], []
    for body in rows:
        body.name = str(body)
        body.period = body.period_on(None)
        body.own_contacts = [
            contact for contact in body.contacts.all() if contact.organisation_id == organisation.pk
        ]
        if not words or words in body.name.lower():
            (own if body.organisation_id else national).append(body)
    context = shared_context(request, organisation, _("Registry"), "bodies") | {
        "own": sorted(own, key=lambda body: body.name.lower()),
        "national": sorted(national, key=lambda body: body.name.lower()),
        "words": request.GET.get("q", ""),
    }
    return render(request, "desk/registry/bodies.html", context)


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def body(request, key=None):
    """Make or change a body; of a national one only the addresses are the organisation's."""
    organisation = chosen_organisation(request, "settings.edit")
    body = get_object_or_404(Body.objects.of(organisation).with_names(), pk=key) if key else None
    is_national = body is not None and body.organisation_id is None
    data = request.POST if request.method == "POST" else None
    form = None
    if not is_national:
        initial = (
            {"kind": body.kind, "level": body.level, "type": body.type_id} if body else {"level": "municipal"}
        )
        form = BodyForm(
            data, organisation=organisation, is_new=body is None, kind=body and body.kind, initial=initial
        )
    periods = PeriodFormSet(
        data,
        prefix="periods",
        initial=None if data is not None or body is None else period_rows(body),
        form_kwargs={"options": body_options(organisation)},
    )
    contacts = ContactFormSet(
        data,
        prefix="contacts",
        initial=None
        if data is not None or body is None
        else list(body.contacts.filter(organisation=organisation).values("email", "name", "title", "rank")),
    )
    parts = [contacts] if is_national else [form, periods, contacts]
    # Every part is asked, so that all that is wrong is told at once.
    faults = [part for part in parts if data is not None and not part.is_valid()]
    if data is not None and not faults:
        try:
            save_body(request, organisation, body, form, periods, contacts)
        except ValidationError as error:
            messages.error(request, told(error))
        else:
            forget_draft(request, f"body:{key}")
            messages.success(request, _("Saved."))
            return redirect(address("desk:registry", organisation))
    context = shared_context(request, organisation, str(body) if body else _("A new body"), "bodies") | {
        "body": body,
        "is_national": is_national,
        "form": form,
        "periods": periods,
        "contacts": contacts,
        "draft_name": f"body:{key}",
    }
    return render(request, "desk/registry/body.html", context, status=422 if data is not None else 200)


def period_rows(body):
    """The body's periods as the form shows them."""
    return [
        {**row, "parent": str(row["parent"] or "")}
        for row in body.periods.values("name", "parent", "valid_from", "valid_to", "known_date")
    ]


def save_body(request, organisation, body, form, periods, contacts):
    """Call the action that fits."""
    addresses = [
        {
            name: row[name] or "" if name in ("name", "title") else row[name]
            for name in ("email", "name", "title", "rank")
        }
        for row in filled(contacts, "email")
    ]
    if form is None:
        actions.save_contacts(organisation=organisation, by=request.user, body=body, contacts=addresses)
        return
    rows = [{**row, "parent": chosen(Body, row["parent"], organisation)} for row in filled(periods, "name")]
    actions.save_body(
        organisation=organisation,
        by=request.user,
        body=body,
        periods=rows,
        contacts=addresses,
        **form.cleaned_data,
    )


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def areas(request):
    """What each area is here, in one table."""
    organisation = chosen_organisation(request, "settings.edit")
    table = AreaTable(organisation, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            actions.save_areas(organisation=organisation, by=request.user, rows=table.values())
        except (Body.DoesNotExist, CoreTask.DoesNotExist, ValidationError):
            raise Http404 from None
        forget_draft(request, f"areas:{organisation.key}")
        messages.success(request, _("Saved."))
        return redirect(address("desk:areas", organisation))
    context = shared_context(request, organisation, _("Registry"), "areas") | {
        "rows": table.rows,
        "draft_name": f"areas:{organisation.key}",
    }
    return render(request, "desk/registry/areas.html", context)


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def roles(request):
    """Which body holds which role."""
    organisation = chosen_organisation(request, "settings.edit")
    held = {row.role: str(row.body_id) for row in organisation.roles.all()}
    if request.method == "POST":
        try:
            rows = {role: chosen(Body, request.POST.get(role), organisation) for role in ROLES}
            actions.save_roles(organisation=organisation, by=request.user, rows=rows)
        except (Body.DoesNotExist, ValidationError):
            raise Http404 from None
        messages.success(request, _("Saved."))
        return redirect(address("desk:roles", organisation))
    context = shared_context(request, organisation, _("Registry"), "roles") | {
        "rows": [(role, label, held.get(role, "")) for role, label in ROLES.items()],
        "options": body_options(organisation),
    }
    return render(request, "desk/registry/roles.html", context)


@desk_view("settings.edit")
def core_tasks(request):
    """The organisation's core tasks, with their names through time."""
    organisation = chosen_organisation(request, "settings.edit")
    context = shared_context(request, organisation, _("Registry"), "core_tasks") | {
        "tasks": CoreTask.objects.filter(organisation=organisation).prefetch_related("names"),
    }
    return render(request, "desk/registry/core_tasks.html", context)


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def core_task(request, key=None):
    """Make or change a core task."""
    organisation = chosen_organisation(request, "settings.edit")
    task = get_object_or_404(CoreTask, organisation=organisation, pk=key) if key else None
    data = request.POST if request.method == "POST" else None
    form = CoreTaskForm(data, is_new=task is None, initial={"position": task.position if task else 0})
    names = NameFormSet(
        data,
        prefix="names",
        initial=None
        if data is not None or task is None
        else list(task.names.values("name", "valid_from", "valid_to", "known_date")),
    )
    if data is not None and all([form.is_valid(), names.is_valid()]):
        try:
            actions.save_core_task(
                organisation=organisation,
                by=request.user,
                core_task=task,
                names=filled(names, "name"),
                **form.cleaned_data,
            )
        except ValidationError as error:
            messages.error(request, told(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(address("desk:core_tasks", organisation))
    context = shared_context(
        request, organisation, str(task) if task else _("A new core task"), "core_tasks"
    ) | {
        "form": form,
        "names": names,
    }
    return render(request, "desk/registry/core_task.html", context, status=422 if data is not None else 200)

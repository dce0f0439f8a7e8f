"""The organisation's own registry: core tasks, areas, bodies, roles. The actions decide what holds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.registry.models import Area, Body, CoreTask
from cms.desk.forms.case_moves import date_input
from cms.desk.forms.screened import ScreenedForm

# The kinds that an organisation has of its own; the data files know them by the same keys.
KINDS = [
    ("committee", _("Committee")),
    ("council", _("Council")),
    ("centre", _("Centre")),
    ("unit", _("Unit")),
    ("management", _("Management")),
    ("med_committee", _("MED committee")),
    ("workplace", _("Workplace")),
    ("institution_board", _("Board of an institution")),
    ("advisory_council", _("Advisory council")),
    ("statutory_committee", _("Committee set by law")),
    ("temp_committee_17_4", _("Committee for a time (section 17(4))")),
    ("citizen_adviser", _("Citizens' adviser")),
    ("municipality", _("Municipality")),
    ("association", _("Association")),
]
LEVELS = [("municipal", _("The organisation")), ("institution", _("Institution"))]


def body_options(organisation, *, own_only=False):
    """(value, name) of the bodies to choose between, by name."""
    bodies = Body.objects.filter(organisation=organisation) if own_only else Body.objects.of(organisation)
    named = [(str(body.pk), str(body)) for body in bodies.receivers().with_names()]
    return [("", "–"), *sorted(named, key=lambda option: option[1].lower())]


def chosen(model, value, organisation):
    """The row that was chosen, among the national and the organisation's own; None where nothing was."""
    return model.objects.of(organisation).get(pk=value) if value else None


class CoreTaskForm(forms.Form):
    """A core task's key and place."""

    key = forms.SlugField(
        label=_("Key"), max_length=60, help_text=_("Short and lasting: it is not changed later.")
    )
    position = forms.IntegerField(label=_("Place in the order"), min_value=0, max_value=999, initial=0)

    def __init__(self, *args, is_new, **options):
        super().__init__(*args, **options)
        if not is_new:
            del self.fields["key"]


class RowForm(ScreenedForm):
    """A row of a table, whose headings a screen reader does not connect with the fields."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


class NameForm(RowForm):
    """A name and the days it held."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    valid_from = forms.DateField(label=_("From"), required=False, widget=date_input())
    valid_to = forms.DateField(label=_("To"), required=False, widget=date_input())
    known_date = forms.DateField(label=_("Known on"), required=False, widget=date_input())


class PeriodForm(NameForm):
    """A body's name and parent, and the days they held."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    parent = forms.ChoiceField(label=_("Belongs under"), required=False)

    def __init__(self, *args, options, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = options


class ContactForm(RowForm):
    """Where to write, and in which order."""

    email = forms.EmailField(label=_("E-mail"), required=False)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    rank = forms.IntegerField(label=_("Order"), min_value=1, max_value=99, initial=1)


def filled(formset, name):
    """The rows of a formset that say something."""
    return [row for row in formset.cleaned_data if row.get(name)]


NameFormSet = forms.formset_factory(NameForm, extra=1, max_num=20)
PeriodFormSet = forms.formset_factory(PeriodForm, extra=1, max_num=20)
ContactFormSet = forms.formset_factory(ContactForm, extra=1, max_num=10)


class BodyForm(forms.Form):
    """A body of the organisation's own."""

    key = forms.SlugField(
        label=_("Key"), max_length=60, help_text=_("Short and lasting: it is not changed later.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    level = forms.ChoiceField(label=_("Level"), choices=LEVELS)
    type = forms.ModelChoiceField(
        label=_("Is one of"),
        queryset=Body.objects.none(),
        required=False,
        help_text=_("For a board or a workplace: the kind of body that every institution has."),
    )

    def __init__(self, *args, organisation, is_new, kind=None, **options):
        super().__init__(*args, **options)
        self.fields["type"].queryset = Body.objects.of(organisation).filter(is_type=True).with_names()
        if kind and kind not in dict(KINDS):
            self.fields["kind"].choices = [*KINDS, (kind, kind)]
        if not is_new:
            del self.fields["key"]


class AreaTable:
    """One row for each area: its core task, committee and centre here."""

    def __init__(self, organisation, data=None):
        self.organisation = organisation
        here = {row.area_id: row for row in organisation.areas.all()}
        tasks = [("", "–")] + [
            (str(task.pk), str(task))
            for task in CoreTask.objects.filter(organisation=organisation).prefetch_related("names")
        ]
        bodies = body_options(organisation, own_only=True)
        self.data = data
        self.rows = []
        for area in Area.objects.all():
            row = here.get(area.pk)
            self.rows.append(
                (
                    area,
                    [
                        self.cell(area, "core_task", tasks, row and row.core_task_id),
                        self.cell(area, "committee", bodies, row and row.committee_id),
                        self.cell(area, "centre", bodies, row and row.centre_id),
                    ],
                )
            )

    def cell(self, area, name, options, saved):
        """A select: (field's name, options, chosen value)."""
        field = f"{area.key}-{name}"
        value = self.data.get(field, "") if self.data is not None else str(saved or "")
        return field, options, value

    def values(self):
        """{Area: {"core_task", "committee", "centre"}} for `save_areas`. Raises DoesNotExist for a foreign one."""
        models = {"core_task": CoreTask, "committee": Body, "centre": Body}
        return {
            area: {
                name: chosen(models[name], value, self.organisation)
                for name, (_field, _options, value) in zip(models, cells, strict=True)
            }
            for area, cells in self.rows
        }

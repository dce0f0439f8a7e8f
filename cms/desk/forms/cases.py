"""The case's edit form. What holds is decided by `edit_case`; here the fields are chosen, shown and parsed."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.cases.models import FormTable, ReallyLaw
from backend.cases.suggestions import core_task_of
from backend.examples.models import Flag
from backend.organisations.permissions import can
from backend.registry.models import Area, Body, Cause, CoreTask, Law, RuleLevel

BLANK_LAWS = 2


def text_area(rows):
    return forms.Textarea(attrs={"rows": rows})


def named_bodies(organisation):
    """Bodies that `organisation` may write to: its own and the national ones."""
    return Body.objects.of(organisation).receivers().with_names()


def body_choices(organisation, suggested=()):
    """Bodies in groups: those suggested, the organisation's own, the national ones; each by its name today."""
    own, national = [], []
    for body in named_bodies(organisation):
        (own if body.organisation_id else national).append((str(body.pk), str(body)))
    choices = [("", _("Choose …"))]
    if suggested:
        choices.append((_("Suggested"), [(str(found.value.pk), str(found.value)) for found in suggested]))
    by_name = lambda choice: choice[1].lower()  # noqa: E731
    return [
        *choices,
        (organisation.name, sorted(own, key=by_name)),
        (_("National"), sorted(national, key=by_name)),
    ]


class CaseForm(forms.Form):
    """Everything about a case that is edited; the moves have forms of their own."""

    title = forms.CharField(label=_("Title"), max_length=120)
    problem = forms.CharField(label=_("Problem"), max_length=8000, widget=text_area(10))
    proposal = forms.CharField(label=_("Proposal"), max_length=8000, required=False, widget=text_area(5))
    legislation_text = forms.CharField(
        label=_("Legislation, as the form shall say it"), max_length=1000, required=False, widget=text_area(2)
    )
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.all(), required=False, empty_label=_("Not chosen")
    )
    area_text = forms.CharField(
        label=_("Area in the form"),
        max_length=120,
        required=False,
        help_text=_("Only if the form should say something else than the area's name."),
    )
    core_task = forms.ModelChoiceField(label=_("Core task"), queryset=CoreTask.objects.none(), required=False)
    causes = forms.ModelMultipleChoiceField(
        label=_("Causes"),
        queryset=Cause.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    main_cause = forms.ModelChoiceField(
        label=_("The main cause"), queryset=Cause.objects.all(), required=False, empty_label=_("Not chosen")
    )
    rule_level = forms.ModelChoiceField(
        label=_("Rule level"), queryset=RuleLevel.objects.all(), required=False, empty_label=_("Not chosen")
    )
    really_law = forms.ChoiceField(
        label=_("Is it really the law?"),
        choices=[("", _("Not looked into")), *ReallyLaw.choices],
        required=False,
    )
    really_law_paragraph = forms.CharField(
        label=_("The section that backs it"), max_length=200, required=False
    )
    suggested_laws = forms.MultipleChoiceField(
        label=_("Found in the text"), required=False, widget=forms.CheckboxSelectMultiple
    )
    hours = forms.IntegerField(label=_("Hours a year"), min_value=0, max_value=10_000_000, required=False)
    hours_note = forms.CharField(
        label=_("How the hours were counted"), max_length=500, required=False, widget=text_area(2)
    )
    table = forms.TypedChoiceField(
        label=_("Table"), choices=FormTable.choices, coerce=int, widget=forms.RadioSelect
    )
    table_reason = forms.CharField(label=_("Why this table"), max_length=300, required=False)
    flag = forms.ChoiceField(label=_("Flag"), choices=[("", _("None")), *Flag.choices], required=False)
    workplace = forms.ChoiceField(
        label=_("Workplace"),
        required=False,
        help_text=_("Only coordinators see it; others see it as one of the bodies that may be asked."),
    )
    no_personal_data = forms.BooleanField(label=_("The text holds no personal data"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    # Fields that `edit_case` takes as they are.
    plain = (
        "title",
        "problem",
        "proposal",
        "legislation_text",
        "area",
        "area_text",
        "core_task",
        "rule_level",
        "really_law",
        "really_law_paragraph",
        "hours",
        "hours_note",
        "table",
        "table_reason",
        "flag",
    )

    def __init__(self, data=None, *, case, user, suggestions, version=None):
        if version is not None:
            # What somebody wrote, to be saved upon the version that stands now.
            data = data.copy()
            data["version"] = version
        self.case = case
        self.sees_workplace = can(user, "case.make", case.organisation_id)
        super().__init__(data, initial=self.initial_of(case))
        derived = core_task_of(case) if not case.core_task_id else None
        tasks = CoreTask.objects.filter(organisation=case.organisation_id).prefetch_related("names")
        self.fields["core_task"].queryset = tasks
        self.fields["core_task"].empty_label = (
            _("Follows from the area: %(task)s") % {"task": derived}
            if derived
            else _("Follows from the area")
        )
        self.fields["suggested_laws"].choices = [
            (found.value.key, f"{found.value} – {found.reason}") for found in suggestions.laws
        ]
        self.sections = {found.value.key: found.sections for found in suggestions.laws}
        if self.sees_workplace:
            own = (
                Body.objects.filter(organisation=case.organisation_id, kind="workplace")
                .receivers()
                .with_names()
            )
            names = sorted(((str(body.pk), str(body)) for body in own), key=lambda choice: choice[1].lower())
            self.fields["workplace"].choices = [("", _("None")), *names]
        else:
            del self.fields["workplace"]
        if case.visibility == "internal":
            del self.fields["no_personal_data"]
        self.laws = LawFormSet(data, prefix="laws", initial=[] if data is not None else law_rows(case))

    @staticmethod
    def initial_of(case):
        """The case as the form shows it."""
        causes = list(case.case_causes.all())
        return {
            **{
                name: getattr(case, name)
                for name in CaseForm.plain
                if name not in ("area", "core_task", "rule_level")
            },
            "area": case.area_id,
            "core_task": case.core_task_id,
            "rule_level": case.rule_level_id,
            "workplace": str(case.workplace_id or ""),
            "causes": [row.cause_id for row in causes],
            "main_cause": next((row.cause_id for row in causes if row.is_main), None),
            "version": case.version,
        }

    def is_valid(self):
        """The laws are part of the form."""
        laws_are_valid = self.laws.is_valid()
        return super().is_valid() and laws_are_valid

    def values(self):
        """What `edit_case` takes: the plain fields, the causes with the main one first, and the laws."""
        data = self.cleaned_data
        values = {name: data[name] for name in self.plain}
        if self.sees_workplace:
            bodies = Body.objects.filter(organisation=self.case.organisation_id)
            values["workplace"] = bodies.get(pk=data["workplace"]) if data["workplace"] else None
        causes = sorted(data["causes"], key=lambda cause: (cause != data["main_cause"], cause.position))
        if data["main_cause"] and data["main_cause"] not in causes:
            causes.insert(0, data["main_cause"])
        return values | {"causes": causes, "laws": self.law_values()}

    def law_values(self):
        """The rows that say something, and the suggested laws that were ticked."""
        rows = [
            {"law": row["law"], "cited_text": row["cited_text"], "paragraphs": row["paragraphs"]}
            for row in self.laws.cleaned_data
            if row.get("cited_text")
        ]
        named = {row["law"].pk for row in rows if row["law"]}
        for law in Law.objects.filter(key__in=self.cleaned_data["suggested_laws"]):
            if law.pk not in named:
                rows.append(
                    {"law": law, "cited_text": law.popular_name, "paragraphs": self.sections[law.key][:100]}
                )
        return rows


class LawRowForm(forms.Form):
    """One rule that the case hits; an empty row is no row."""

    cited_text = forms.CharField(
        label=_("The rule"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"list": "law-names", "autocomplete": "off"}),
    )
    paragraphs = forms.CharField(label=_("Sections"), max_length=100, required=False)

    def clean(self):
        """Recognise the law by its popular name, where it is one of those we know."""
        cleaned = super().clean()
        text = (cleaned.get("cited_text") or "").strip()
        cleaned["law"] = (
            Law.objects.filter(Q(popular_name__iexact=text) | Q(aliases__text__iexact=text)).first()
            if text
            else None
        )
        if cleaned.get("paragraphs") and not text:
            self.add_error("cited_text", _("Which rule?"))
        return cleaned


LawFormSet = forms.formset_factory(LawRowForm, extra=BLANK_LAWS, max_num=30)


def law_rows(case):
    """The case's rules as the form shows them."""
    return [{"cited_text": row.cited_text, "paragraphs": row.paragraphs} for row in case.case_laws.all()]


def differences(form, case):
    """Where the form and the case as it stands now differ: [(label, saved now, written here)], as people read them."""
    now = CaseForm.initial_of(case)
    rows = []
    for name, field in form.fields.items():
        if name in ("version", "no_personal_data", "suggested_laws"):
            continue
        theirs, mine = shown_value(form, name, now.get(name)), shown_value(form, name, form[name].value())
        if theirs != mine:
            rows.append((field.label, theirs, mine))
    theirs = "\n".join(f"{row['cited_text']} {row['paragraphs']}".strip() for row in law_rows(case))
    mine = "\n".join(f"{row['cited_text']} {row['paragraphs']}".strip() for row in form.law_values())
    if theirs != mine:
        rows.append((_("laws"), theirs, mine))
    return rows


def shown_value(form, name, value):
    """A field's value as text: the labels of what was chosen, or what was written."""
    field = form.fields[name]
    if not hasattr(field, "choices"):
        return "" if value is None else str(value).replace("\r\n", "\n")
    chosen = {
        str(each)
        for each in (value if isinstance(value, list | tuple) else [value])
        if each not in (None, "")
    }
    return ", ".join(str(label) for key, label in field.choices if str(key) in chosen)

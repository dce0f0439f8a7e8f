"""What a person confirms before the rules are believed: causes, rule level, flag, and whether it is really the law."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.cases.models import ReallyLaw
from backend.cases.understanding import MOST_CAUSES
from backend.examples.models import Flag
from backend.registry.models import Cause, RuleLevel

CAUSE_FIELDS = tuple(f"cause_{number}" for number in range(1, MOST_CAUSES + 1))


class ConfirmForm(forms.Form):
    """Selects only, filled with what is confirmed, else with what is suggested; `suggested` names the latter."""

    cause_1 = forms.ModelChoiceField(
        label=_("The main cause"), queryset=None, required=False, empty_label="–"
    )
    cause_2 = forms.ModelChoiceField(label=_("Another cause"), queryset=None, required=False, empty_label="–")
    cause_3 = forms.ModelChoiceField(label=_("A third cause"), queryset=None, required=False, empty_label="–")
    rule_level = forms.ModelChoiceField(
        label=_("Rule level"), queryset=None, required=False, empty_label=_("Not chosen")
    )
    flag = forms.ChoiceField(label=_("Flag"), choices=[("", _("None")), *Flag.choices], required=False)
    really_law = forms.ChoiceField(
        label=_("Is it really the law?"),
        choices=[("", _("Not looked into")), *ReallyLaw.choices],
        required=False,
        help_text=_("Answered before a ministry or an agency is asked."),
    )
    really_law_paragraph = forms.CharField(
        label=_("The section that backs it"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("e.g. § 83")}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, case, suggested):
        self.case = case
        self.suggested: set[str] = set()
        super().__init__(data, initial=self._filled(case, suggested), auto_id="id_confirm_%s")
        for name in CAUSE_FIELDS:
            self.fields[name].queryset = Cause.objects.all()
        self.fields["rule_level"].queryset = RuleLevel.objects.all()

    def _filled(self, case, suggested):
        causes = [row.cause for row in case.case_causes.all()]
        if not causes:
            causes = [one.value for one in suggested.causes]
            self.suggested |= set(CAUSE_FIELDS[: len(causes)])
        level = case.rule_level
        if level is None and suggested.rule_level is not None:
            level = suggested.rule_level.value
            self.suggested.add("rule_level")
        return {
            **dict(zip(CAUSE_FIELDS, causes, strict=False)),
            "rule_level": level,
            "flag": case.flag,
            "really_law": case.really_law,
            "really_law_paragraph": case.really_law_paragraph,
            "version": case.version,
        }

    def values(self):
        """What `edit_case` takes; causes that the selects have no room for stay."""
        data = self.cleaned_data
        chosen = [data[name] for name in CAUSE_FIELDS if data[name]]
        beyond = [row.cause for row in self.case.case_causes.all()][MOST_CAUSES:]
        return {
            "causes": list(dict.fromkeys([*chosen, *beyond])),
            **{name: data[name] for name in ("rule_level", "flag", "really_law", "really_law_paragraph")},
        }

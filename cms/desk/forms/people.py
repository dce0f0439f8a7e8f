"""Inviting a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.organisations.permissions import Role
from cms.desk.forms.screened import ScreenedForm


class InvitationForm(ScreenedForm):
    """Who, and in which role."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

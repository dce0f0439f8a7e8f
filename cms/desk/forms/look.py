"""How the organisation's site looks."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.images.fields import WagtailImageField

from cms.pages.looks import check_colour
from cms.pages.models import OrganisationSite


class LookForm(forms.ModelForm):
    """Colour and logo."""

    logo = WagtailImageField(
        label=_("logo"),
        required=False,
        help_text=_("A PNG, JPEG or WebP picture on a white or transparent ground."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp"}),
    )
    is_logo_removed = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = OrganisationSite
        fields = ("colour", "logo_alt")
        widgets = {"colour": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 9})}

    field_order = ("colour", "logo", "logo_alt", "is_logo_removed")

    def clean_colour(self):
        """A colour that white text can stand on, or none."""
        colour = self.cleaned_data["colour"].strip()
        if colour:
            check_colour(colour)
        return colour

    def clean(self):
        """A logo needs words: asked for here too, so that the error stands at the field before anything is stored."""
        cleaned = super().clean()
        stays = self.instance.logo_id and not cleaned.get("is_logo_removed")
        if (cleaned.get("logo") or stays) and not cleaned.get("logo_alt"):
            self.add_error("logo_alt", _("Say in words what the logo shows, usually the name on it."))
        return cleaned

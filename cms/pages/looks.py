"""How an organisation's site looks: its colour and its logo. Written by `save_look`, served as a small style sheet."""

import hashlib
import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model

from backend.organisations.permissions import check_permission
from cms.pages.colours import TEXT_CONTRAST, WHITE, contrast, nearest_that_passes, shades

LOGO_SIZE = "max-480x128"


def check_colour(colour):
    """Raise ValidationError unless it is `#rrggbb` that white text can stand on; the error says the nearest that is."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValidationError(_("Write the colour as # and six characters, like #14513f."), code="invalid")
    ratio = contrast(colour, WHITE)
    if ratio < TEXT_CONTRAST:
        # Rounded down: 4.49 must not be said to be 4.5.
        shown = int(ratio * 10) / 10
        raise ValidationError(
            _(
                "White text on this colour has a contrast of %(ratio)s to 1, and %(least)s to 1 is needed."
                " The nearest colour that passes is %(nearest)s."
            ),
            code="contrast",
            params={
                "ratio": number_format(shown, 1),
                "least": number_format(TEXT_CONTRAST, 1),
                "nearest": nearest_that_passes(colour),
            },
        )


@transaction.atomic
def save_look(*, site_link, by, colour, logo_alt, logo=None, is_logo_removed=False):
    """Change colour and logo. `colour`: "#rrggbb" or "" for Kernetid's own; `logo`: an uploaded picture, or None to
    keep the one there is. Raises NotAllowed, ValidationError with field messages."""
    check_permission(by, "settings.edit", site_link.organisation)
    if colour:
        try:
            check_colour(colour)
        except ValidationError as error:
            raise ValidationError({"colour": error}) from error
    if is_logo_removed:
        site_link.logo = None
    if logo is not None:
        title = f"Logo: {site_link.organisation}"
        site_link.logo = get_image_model().objects.create(
            title=title, file=logo, collection=site_link.collection, uploaded_by_user=by
        )
    site_link.colour, site_link.logo_alt = colour.lower(), logo_alt if site_link.logo else ""
    if site_link.logo and not logo_alt:
        raise ValidationError({"logo_alt": _("Say in words what the logo shows, usually the name on it.")})
    site_link.clean_fields(exclude=["organisation", "site", "editors", "staff", "collection"])
    site_link.save(update_fields=["colour", "logo", "logo_alt"])
    return site_link


def stylesheet_of(site_link):
    """The organisation's colours as CSS; empty where it has none of its own."""
    if not site_link.colour:
        return ""
    rules = "".join(f"{name}:{value};" for name, value in shades(site_link.colour).items())
    return f":root{{{rules}}}\n"


def stylesheet_address(site_link):
    """Where browsers get it, under a name that changes with the colour; empty where there is none."""
    if not site_link.colour:
        return ""
    version = hashlib.sha256(stylesheet_of(site_link).encode()).hexdigest()[:12]
    return f"/udseende.css?v={version}"

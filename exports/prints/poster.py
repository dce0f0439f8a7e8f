"""A campaign's poster: one A4 page with its question, a QR code and the address in words."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.units import mm

from exports.prints.sheet import BOLD, HEIGHT, MARGIN, MUTED, WIDTH, Sheet


def poster(campaign, address):
    """The poster as PDF bytes. `address`: the campaign's short address, whole, such as https://…/k/abc123/."""
    sheet = Sheet(campaign.name)
    sheet.write(campaign.organisation.name, size=14, colour=MUTED, after=3)
    sheet.write_to_fit(campaign.name, most=30 * mm, size=22, smallest=12, font=BOLD, after=14)
    sheet.write_to_fit(campaign.asks, most=95 * mm, size=46, smallest=20, font=BOLD, after=8)
    sheet.write(
        _("Tell it in two minutes, on your phone or a computer. You need no sign-in."), size=16, after=8
    )
    side = 70 * mm
    # The code stands at the same place on every poster, whatever the question's length.
    sheet.y = min(sheet.y, HEIGHT / 2 - 5 * mm)
    sheet.qr(address, side=side, left=(WIDTH - side) / 2)
    sheet.y -= 2 * mm
    plain = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    sheet.write(_("Scan the code, or write the address: %(address)s") % {"address": plain}, size=14, after=8)
    sheet.write(
        _(
            "You get a code, so that you can follow what comes of it. Only the coordinator reads your own words."
        ),
        size=12,
        after=3,
    )
    sheet.write(
        _("Do not write names or personal numbers: neither citizens' nor colleagues'."), size=12, after=6
    )
    closes = date_format(campaign.closes_date, "j. F Y")
    sheet.y = max(min(sheet.y, MARGIN + 16 * mm), MARGIN + 12 * mm)
    sheet.write(_("The campaign is open until %(date)s.") % {"date": closes}, size=12, font=BOLD, after=1)
    if campaign.contact:
        sheet.write(
            _("Questions: %(contact)s") % {"contact": campaign.contact}, size=11, colour=MUTED, after=0
        )
    return sheet.pdf()

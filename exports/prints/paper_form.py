"""The form on paper: the questions of the campaign's page, to be written by hand and typed in by the secretariat."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.units import mm

from backend.organisations.addresses import address_of
from exports.prints.sheet import BOLD, MARGIN, MUTED, WIDTH, Sheet

# Copies of one file; each pair of form and slip has its own number.
MOST_COPIES = 100


def paper_form(campaign, address, numbers):
    """The form as PDF bytes: two pages for each of `numbers`, which stands on the form and on the slip to keep.

    `address`: the campaign's short address, whole.
    """
    sheet = Sheet(campaign.name)
    for position, number in enumerate(numbers):
        if position:
            sheet.next_page()
        _what_happens(sheet, campaign, number)
        sheet.next_page()
        _besides(sheet, campaign, address, number)
    return sheet.pdf()


def _what_happens(sheet, campaign, number):
    sheet.write(
        _("%(organisation)s · form no. %(number)s")
        % {"organisation": campaign.organisation.name, "number": number},
        size=10,
        colour=MUTED,
        after=2,
    )
    sheet.write(campaign.name, size=18, font=BOLD, after=5)
    sheet.write(campaign.asks, size=13, font=BOLD, after=1)
    sheet.write(
        _(
            "Tell what happens, and when. Do not write names or personal numbers: neither citizens' nor colleagues'."
        ),
        size=9,
        colour=MUTED,
        after=0,
    )
    sheet.lines(12)
    sheet.write(_("What should happen instead?"), size=12, font=BOLD, after=0)
    sheet.lines(5)
    sheet.write(_("How much time does it take?"), size=12, font=BOLD, after=1)
    sheet.write(
        _(
            "A rough guess is fine, and so is only part of it. For instance 15 minutes, 3 times a week, 12 colleagues."
        ),
        size=9,
        colour=MUTED,
        after=5,
    )
    sheet.write(
        _("______ minutes,  ______ times a  day / week / month / year,  ______ people do the same"),
        size=10,
        after=5,
    )
    sheet.write(_("Do you know which rule it is?"), size=12, font=BOLD, after=0)
    sheet.lines(2)
    sheet.write(_("Please turn over"), size=10, colour=MUTED, after=0)


def _besides(sheet, campaign, address, number):
    organisation = campaign.organisation
    sheet.write(_("Where do you work?"), size=12, font=BOLD, after=1)
    sheet.write(
        _("Area, workplace and job. Only the secretariat's coordinator sees workplace and job."),
        size=9,
        colour=MUTED,
        after=0,
    )
    sheet.lines(2)
    sheet.box(_("My workplace may be asked, also if fewer than five say the same."))
    sheet.y -= 3 * mm
    sheet.write(_("Who may see the secretariat's wording of it?"), size=12, font=BOLD, after=2)
    sheet.box(_("Everyone"))
    sheet.box(_("Those who can do something about it"))
    sheet.box(_("Only the secretariat"))
    sheet.box(_("Show me the text before it goes further"))
    sheet.y -= 3 * mm
    sheet.write(_("May we contact you? Your e-mail, if you like:"), size=12, font=BOLD, after=0)
    sheet.lines(1)
    lines = [
        _("The secretariat's coordinator types your words in as they stand."),
        _("Kept: %(retention)s") % {"retention": organisation.retention} if organisation.retention else "",
        _("How we treat your words: %(address)s") % {"address": address_of(organisation, "/privatliv/")},
        _("Data protection officer: %(contact)s") % {"contact": organisation.dpo_contact}
        if organisation.dpo_contact
        else "",
        _("A serious offence does not belong here, but in the whistleblower scheme: %(address)s")
        % {"address": organisation.whistleblower_url}
        if organisation.whistleblower_url
        else "",
        _("Hand the form in, or send it, by %(date)s: %(contact)s")
        % {
            "date": date_format(campaign.closes_date, "j. F Y"),
            "contact": campaign.contact or organisation.contact,
        },
    ]
    for line in filter(None, lines):
        sheet.write(line, size=9, after=1.5)
    _slip(sheet, campaign, address, number)


def _slip(sheet, campaign, address, number):
    """The part to tear off and keep: with its number the writer gets the code."""
    top = 78 * mm
    sheet.canvas.setDash(3, 3)
    sheet.canvas.line(0, top, WIDTH, top)
    sheet.canvas.setDash()
    sheet.y = top - 8 * mm
    side = 34 * mm
    sheet.qr(address, side=side, left=WIDTH - MARGIN - side)
    sheet.y = top - 8 * mm
    width = WIDTH - 2 * MARGIN - side - 6 * mm
    sheet.write(
        _("Keep this slip · no. %(number)s") % {"number": number}, size=13, font=BOLD, after=2, width=width
    )
    sheet.write(
        _(
            "When the form has been typed in, there is a code for this number. Ask the secretariat for it: %(contact)s."
            " With the code you can follow what comes of your example, answer questions and withdraw it."
        )
        % {"contact": campaign.contact or campaign.organisation.contact},
        size=10,
        after=2,
        width=width,
    )
    plain = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    sheet.write(
        _("You can also tell it yourself, and get the code at once: %(address)s") % {"address": plain},
        size=10,
        after=0,
        width=width,
    )

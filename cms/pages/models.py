"""The pages of an organisation's site. The campaign's facts stand on `Campaign`; here stand the words."""

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Collection, Page, Site
from wagtail.search import index

from backend.campaigns.models import Campaign
from backend.error_pages import error_page
from backend.examples.throttle import admit
from backend.language import is_english
from backend.organisations.models import Organisation
from backend.organisations.screened import ScreenedText
from cms.pages.blocks import StoryBlock
from cms.pages.forms import CampaignPageForm
from cms.pages.queries import campaigns_on_show, newest_cases, organisation_for_page
from cms.submit import campaign as campaign_answer
from cms.submit.cases import case_list


class OrganisationSite(ScreenedText):
    """Which Wagtail site is an organisation's."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="site_link")
    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="organisation_link")
    # The wall in Wagtail's own lists: who may edit here, who may come in at all, and where pictures lie.
    editors = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    staff = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="+")
    # How the site looks (cms/pages/looks.py).
    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        help_text=_("For buttons, lines and the footer: # and six characters. Empty: Kernetid's green."),
    )
    logo = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    logo_alt = models.CharField(
        _("the logo in words"),
        max_length=120,
        blank=True,
        help_text=_("For those who cannot see it: usually the name on it."),
    )

    class Meta:
        verbose_name = _("organisation's site")
        verbose_name_plural = _("organisations' sites")

    def __str__(self):
        return str(self.organisation)


class StoryPage(ScreenedText, Page):
    """What every page has: a lead and a body."""

    made_by_software = ("path", "url_path", "draft_title")

    lead = models.TextField(
        _("lead"), max_length=500, blank=True, help_text=_("One or two sentences under the title.")
    )
    body = StreamField(StoryBlock(), verbose_name=_("content"), blank=True)

    # What a page of this kind is called in English; a title that an editor wrote stays Danish.
    kind_title = ""

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]

    class Meta:
        abstract = True

    @property
    def shown_title(self):
        """The title in the visitor's language, as far as the page's kind has one of its own."""
        return str(self.kind_title) if self.kind_title and is_english() else self.title

    def serve(self, request, *args, **kwargs):
        """The page, asked for anew each time: what is taken down is gone at once."""
        response = super().serve(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


class HomePage(StoryPage):
    """The front page: the open campaign, what has come of it, and news."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["pages.CampaignIndexPage", "pages.CaseListPage", "pages.NewsPage", "pages.PlainPage"]
    template = "pages/home.html"

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")

    def get_context(self, request, *args, **kwargs):
        """The campaigns, the newest published cases and the newest news."""
        organisation = organisation_for_page(self)
        return super().get_context(request, *args, **kwargs) | {
            "campaigns": campaigns_on_show(organisation),
            "cases": newest_cases(organisation),
            "news": NewsPage.objects.child_of(self).live().order_by("-date", "pk")[:3],
        }


class CaseListPage(StoryPage):
    """The published cases, at /forslag/; each has its page below (cms.submit)."""

    parent_page_types = ["pages.HomePage"]
    subpage_types = []
    max_count_per_parent = 1
    template = "pages/case_list.html"
    kind_title = _("What it has become")

    class Meta:
        verbose_name = _("list of published cases")
        verbose_name_plural = _("lists of published cases")

    def serve(self, request, *args, **kwargs):
        """The list, unless its network has asked for too much."""
        if retry_after := admit("read", request).retry_after:
            return error_page(request, 429, retry_after)
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        """One page of the published cases that the query asks for."""
        context = super().get_context(request, *args, **kwargs)
        organisation = organisation_for_page(self)
        if organisation is None:
            raise Http404
        return context | case_list(request, organisation)

    def clean(self):
        """Keep the address that printed matter and mails point at."""
        super().clean()
        keep_address(self, "forslag")


class CampaignIndexPage(StoryPage):
    """The campaigns, at /kampagner/."""

    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.CampaignPage"]
    max_count_per_parent = 1
    template = "pages/campaign_index.html"
    kind_title = _("Campaigns")

    class Meta:
        verbose_name = _("list of campaigns")
        verbose_name_plural = _("lists of campaigns")

    def get_context(self, request, *args, **kwargs):
        """Every campaign that is published."""
        context = super().get_context(request, *args, **kwargs)
        return context | {"campaigns": campaigns_on_show(organisation_for_page(self))}

    def clean(self):
        """Keep the address that printed matter and mails point at."""
        super().clean()
        keep_address(self, "kampagner")


class PlainPage(StoryPage):
    """A page of text: about the campaign, the accessibility statement, a privacy notice."""

    parent_page_types = ["pages.HomePage", "pages.PlainPage"]
    subpage_types = ["pages.PlainPage"]
    template = "pages/plain.html"

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")


class NewsPage(StoryPage):
    """News with its date."""

    date = models.DateField(_("date"))

    content_panels = [*Page.content_panels, FieldPanel("date"), FieldPanel("lead"), FieldPanel("body")]
    parent_page_types = ["pages.HomePage"]
    subpage_types = []
    template = "pages/news.html"

    class Meta:
        verbose_name = _("news page")
        verbose_name_plural = _("news pages")


def keep_address(page, slug):
    """Raise ValidationError unless the page has the address that is fixed for its kind."""
    if page.slug != slug:
        raise ValidationError({"slug": _("This page must have the address “%(slug)s”.") % {"slug": slug}})


def default_question():
    """The question that a new campaign asks until an editor writes another."""
    return str(campaign_answer.USUAL_QUESTION)


class CampaignPage(StoryPage):
    """A campaign's words and its form. The facts below are the editor's draft of `Campaign`'s until publishing."""

    FACTS = ("opens_date", "closes_date", "asks", "contact", "reading_days", "med_discussed_date")

    campaign = models.OneToOneField(
        Campaign, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="page"
    )
    opens_date = models.DateField(_("opens"), null=True)
    closes_date = models.DateField(
        _("closes"), null=True, help_text=_("The last day that examples can be sent.")
    )
    asks = models.CharField(_("the question"), max_length=200, default=default_question)
    contact = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_("Whom to ask: a name, a phone number or an e-mail."),
    )
    reading_days = models.PositiveSmallIntegerField(
        _("reading term in working days"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("How soon an example has been read. The receipt says the date."),
    )
    med_discussed_date = models.DateField(
        _("discussed in the main MED committee"),
        null=True,
        blank=True,
        help_text=_("The campaign opens only when this is filled in."),
    )
    thank_you = models.CharField(
        _("thank-you"), max_length=200, blank=True, help_text=_("The receipt's headline.")
    )
    receipt_text = models.TextField(
        _("receipt"), max_length=1000, blank=True, help_text=_("What happens now, in your own words.")
    )

    base_form_class = CampaignPageForm
    content_panels = [
        HelpPanel(template="pages/panels/missing.html"),
        *Page.content_panels,
        FieldPanel("asks"),
        FieldPanel("lead"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("opens_date"), FieldPanel("closes_date")]),
                FieldRowPanel([FieldPanel("med_discussed_date"), FieldPanel("reading_days")]),
                FieldPanel("contact"),
            ],
            heading=_("When, and who to ask"),
        ),
        FieldPanel("body", heading=_("Introduction")),
        MultiFieldPanel([FieldPanel("thank_you"), FieldPanel("receipt_text")], heading=_("The receipt")),
    ]
    parent_page_types = ["pages.CampaignIndexPage"]
    subpage_types = []
    exclude_fields_in_copy = ["campaign", "med_discussed_date"]
    template = "pages/campaign.html"

    class Meta:
        verbose_name = _("campaign page")
        verbose_name_plural = _("campaign pages")

    def facts(self):
        """The facts as they stand on this page, for `save_campaign`."""
        return {fact: getattr(self, fact) for fact in self.FACTS}

    def with_content_json(self, content):
        """A revision's words; the campaign stays the one that the page has now."""
        page = super().with_content_json(content)
        page.campaign_id = self.campaign_id
        return page

    def as_draft(self):
        """The campaign as publishing this page would make it; not saved. For the editor's eyes."""
        today = timezone.localdate()
        facts = self.facts() | {
            "opens_date": self.opens_date or today,
            "closes_date": self.closes_date or today,
        }
        return Campaign(organisation=organisation_for_page(self), slug=self.slug, name=self.title, **facts)

    def missing(self):
        """What still bars opening, for the editor; nothing is known of a page that stands nowhere yet."""
        draft = self.as_draft()
        return [label for _field, label in draft.missing()] if draft.organisation_id else []

    def serve(self, request, *args, **kwargs):
        """The page, or the answer to a submission."""
        return campaign_answer.answer(request, self)

    def serve_preview(self, request, mode_name):
        """The editor sees the page as it will be, with its form."""
        request.is_preview = True
        return self.serve(request)

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "cms.pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Listen to Wagtail (not to our own apps): scheduled publishing goes this way too."""
        from wagtail.signals import page_published, page_unpublished  # noqa: PLC0415

        from cms.pages import publishing  # noqa: PLC0415
        from cms.pages.models import CampaignPage  # noqa: PLC0415

        page_published.connect(publishing.campaign_page_published, sender=CampaignPage)
        page_unpublished.connect(publishing.campaign_page_unpublished, sender=CampaignPage)

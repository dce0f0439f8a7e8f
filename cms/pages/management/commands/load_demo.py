"""`manage.py load_demo`"""

import logging

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from backend.organisations.models import Organisation, User
from backend.registry.actions import load_registry
from backend.registry.models import Area
from cms.demonstration.examples import Story
from cms.demonstration.organisations import content, make_organisation, make_pages, make_people, set_passwords
from cms.pages.sites import make_site


class Command(BaseCommand):
    help = "Load the demonstration's two organisations. A second run keeps what is there."

    def handle(self, *args, verbosity=1, **options):
        # A line in the log for each page and each job of search would hide what matters.
        logging.disable(logging.INFO)
        try:
            self.load(verbosity)
        finally:
            logging.disable(logging.NOTSET)

    def load(self, verbosity):
        """What is not there yet, and the passwords of `.env`."""
        words = content("organisations")
        if not Area.objects.exists():
            load_registry()
        for facts in words["organisation"]:
            organisation = Organisation.objects.filter(key=facts["key"]).first()
            if organisation is not None:
                make_site(organisation)
                said = _("%(name)s is there already.")
            else:
                self.make(facts, words)
                said = _("%(name)s is ready.")
            if verbosity:
                self.stdout.write(said % {"name": facts["name"]})
        set_passwords()

    @transaction.atomic
    def make(self, facts, words):
        """One organisation with everything: all of it or nothing."""
        organisation = make_organisation(facts)
        make_people({organisation.key: organisation})
        campaign = make_pages(organisation, facts, words)
        by = User.objects.get(email=f"koordinator@{organisation.key}.example")
        told = content(organisation.key)
        story = Story(campaign, by=by)
        story.tell(told["example"], frozen_days=facts.get("frozen_days"))
        for words in told.get("letter", []):
            story.send_letter(words)
        for words in told.get("effect", []):
            story.tell_effect(words)

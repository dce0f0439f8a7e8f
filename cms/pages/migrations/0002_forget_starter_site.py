"""Wagtail brings a welcome page, a site at localhost and two groups with rights over every site: none is wanted.

Its two roots, both called "Root", get names in the editors' language.
"""

from django.conf import settings
from django.db import migrations
from django.utils.translation import gettext as _
from django.utils.translation import override


def forget(apps, schema_editor):
    Site = apps.get_model("wagtailcore", "Site")
    Page = apps.get_model("wagtailcore", "Page")
    Group = apps.get_model("auth", "Group")
    root = Page.objects.filter(depth=1).first()
    starter = Page.objects.filter(depth=2, slug="home", content_type__model="page").first()
    if starter is not None and starter.numchild == 0:
        Site.objects.filter(root_page=starter).delete()
        starter.delete()
        root.numchild = Page.objects.filter(depth=2).count()
        root.save(update_fields=["numchild"])
    Group.objects.filter(name__in=["Moderators", "Editors"], user=None).delete()


def name_roots(apps, schema_editor):
    # `migrate` itself runs without a language.
    with override(settings.LANGUAGE_CODE):
        for page in apps.get_model("wagtailcore", "Page").objects.filter(depth=1, title="Root"):
            page.title = page.draft_title = _("All sites")
            page.save(update_fields=["title", "draft_title"])
        collections = apps.get_model("wagtailcore", "Collection").objects
        collections.filter(depth=1, name="Root").update(name=_("All collections"))


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0001_initial"),
        ("wagtailimages", "0001_initial"),
        ("wagtaildocs", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.RunPython(name_roots, migrations.RunPython.noop),
    ]

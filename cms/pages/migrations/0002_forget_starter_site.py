"""Wagtail brings a welcome page, a site at localhost and two groups with rights over every site: none is wanted."""

from django.db import migrations


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


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0001_initial"),
        ("wagtailimages", "0001_initial"),
        ("wagtaildocs", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]

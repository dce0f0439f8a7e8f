"""The least that each thing can cost here: what a figure is measured against, in the same run."""

import csv
import io
import uuid

from django.db import connection, models, transaction
from django.http import HttpResponse
from django.urls import path
from ninja import NinjaAPI, Schema
from openpyxl import Workbook
from pydantic import Field

from backend.cases.models import Case
from backend.urls import *  # noqa: F403
from backend.urls import urlpatterns as product


class Note(models.Model):
    """One bare row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    text = models.TextField()

    class Meta:
        app_label = "bench"

    def __str__(self):
        return str(self.pk)


class NoteIn(Schema):
    text: str = Field(min_length=10, max_length=8000)


class NoteOut(Schema):
    id: uuid.UUID


bare = NinjaAPI(urls_namespace="bare", docs_url=None, openapi_url=None)


@bare.post("/notes", response=NoteOut)
def add_note(request, note: NoteIn):
    with transaction.atomic():
        return Note.objects.create(text=note.text)


def bare_list(request):
    """Fifty rows by primary key, as plain HTML."""
    rows = Case.objects.order_by("pk").values_list("reference", "title", "status")[:50]
    return HttpResponse("".join(f"<tr><td>{a}<td>{b}<td>{c}</tr>" for a, b, c in rows))


urlpatterns = [path("bare/list", bare_list), path("bare/", bare.urls), *product]


def make_table():
    with connection.schema_editor() as editor:
        if Note._meta.db_table not in connection.introspection.table_names():
            editor.create_model(Note)


def write_only(rows, target):
    """The same cells through openpyxl's write-only workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(target)


def plain_csv(rows):
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode()

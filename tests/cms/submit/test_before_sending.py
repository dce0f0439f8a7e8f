"""What the form shows before anything is sent, without JavaScript: marked words, files, and what belongs elsewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.attachments.models import StoredFile
from backend.examples.models import Example
from backend.examples.throttle import CEILINGS, Ceiling, counter
from tests.backend.attachments.files import MARK, full_pdf, jpeg, plain_docx
from tests.cms.worlds import World, make_world
from tests.factories import make_area
from tests.traces import every_file, every_row, listening

pytestmark = pytest.mark.django_db

NAMED = "Mette Hansen på Bøgevej 12 venter, fordi borgeren har diabetes."
PLAIN = "Vi skriver det samme i tre systemer, og ingen af tallene passer sammen."


@pytest.fixture
def world() -> World:
    cache.clear()
    counter.forget()
    return make_world()


def send(client: Client, world: World, problem: str = PLAIN, **fields):
    return client.post(world.address, {"problem": problem, **fields}, **world.host)


def text(response) -> str:
    return response.content.decode()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def hidden(response, name: str) -> str:
    [value] = re.findall(rf'name="{name}" value="([^"]*)"', text(response))
    return value


class TestMarks:
    def test_marked_words_are_shown_once_and_never_stop_the_sending(self, client, world):
        first = send(client, world, NAMED, proposal="Spørg Jens.", workplace="Bøgen")
        page = text(first)
        assert first.status_code == 200
        assert Example.objects.count() == 0
        assert "Sådan læser koordinatoren det" in page
        for marked in ("Mette Hansen", "Bøgevej 12", "diabetes", "Jens"):
            assert f"<mark>{marked}</mark>" in page
        assert "Skriv »en kollega« eller »en borger«" in page
        assert "Bøgen" in page
        assert "no-store" in first.headers["Cache-Control"]
        again = send(client, world, NAMED, proposal="Spørg Jens.", seen=hidden(first, "seen"))
        assert 'id="code"' in text(again)
        assert Example.objects.get().problem == NAMED

    def test_a_new_name_is_shown_too(self, client, world):
        seen = hidden(send(client, world, "Vi spurgte Søren om det hele."), "seen")
        assert seen == "1"
        send(client, world, "Vi spurgte Søren og Åse om det hele.", seen=seen)
        assert Example.objects.count() == 0

    def test_text_without_marks_goes_straight_through(self, client, world):
        send(client, world)
        assert Example.objects.count() == 1

    def test_the_text_can_be_looked_at_without_sending(self, client, world):
        response = send(client, world, look="yes")
        assert response.status_code == 200
        assert "Vi så ikke noget, der viser, hvem nogen er" in text(response)
        assert Example.objects.count() == 0

    @pytest.mark.parametrize("seen", ["x", "-1", "9" * 30, "1.5"])
    def test_a_forged_count_is_no_server_error(self, client, world, seen):
        assert send(client, world, NAMED, seen=seen).status_code in (200, 422)


class TestQuestions:
    def test_the_requirement_to_report_goes_on(self, client, world):
        send(client, world, event="requirement", one_citizen="no", serious="no")
        assert Example.objects.get().flag == ""

    def test_one_citizen_is_advised_and_goes_on_with_the_flag(self, client, world):
        first = send(client, world, one_citizen="yes")
        assert "Skriv om reglen og ikke om mennesket" in text(first)
        assert Example.objects.count() == 0
        send(client, world, one_citizen="yes", seen=hidden(first, "seen"))
        assert Example.objects.get().flag == "enkeltsag"

    @pytest.mark.parametrize(
        ("answer", "told"),
        [
            ({"event": "event"}, "sundhedslovens § 198"),
            ({"serious": "yes"}, "https://example.org/whistleblower"),
        ],
        ids=["event", "serious"],
    )
    def test_what_belongs_elsewhere_is_handed_back_and_kept_nowhere(self, client, world, answer, told):
        make_area("aeldre", "Ældreområdet")
        mark = "Kasseskildpadden"
        # A personal number is no reason to hold it back: it is not taken in.
        words = f"{mark} tog af kassen, siger 010190-1234."
        fields = {"proposal": f"Stop {mark}", "workplace": mark, "area": "aeldre", "key": f"{mark}-nøgle"}
        with listening() as log:
            response = send(client, world, words, files=[upload(f"{mark}.jpg", jpeg())], **fields, **answer)
        page = text(response)
        assert response.status_code == 200
        assert told in page
        assert "Vi har hverken sendt eller gemt noget" in page
        assert page.count(words) == 2  # to copy, and in the form
        assert f"Stop {mark}" in page
        assert f'value="{mark}"' in page
        assert 'class="alert alert-error"' not in page
        assert "no-store" in response.headers["Cache-Control"]
        assert ('data-keep="no"' in page) is ("serious" in answer)
        assert not client.cookies
        assert [table for table, row in every_row() if mark.lower() in row.lower()] == []
        folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"]).parent
        assert [path for path, content in every_file(folder) if mark in content] == []
        assert log.getvalue() == ""
        assert not Example.objects.exists()

    def test_without_a_scheme_it_says_whom_to_ask(self, client, world):
        world.organisation.whistleblower_url = ""
        world.organisation.save()
        assert "Spørg din tillidsrepræsentant" in text(send(client, world, serious="yes"))


class TestFiles:
    def test_only_what_was_answered_stands_open_when_the_page_is_shown_again(self, client, world):
        untouched = {"spare_my_workplace": "on", "audience": "public"}
        page = text(send(client, world, "kort", serious="no", **untouched))
        assert re.findall(r'<details class="kt-group[^"]*"[^>]* open>.*?<summary>(.*?)</summary>', page) == [
            "Er det en alvorlig lovovertrædelse eller et alvorligt forhold?"
        ]

    def test_files_are_cleaned_and_kept(self, client, world):
        response = send(client, world, files=[upload(f"{MARK}.pdf", full_pdf()), upload("x.jpeg", jpeg())])
        assert 'id="code"' in text(response), text(response)
        kept = [row.file for row in Example.objects.get().attachments.all()]
        assert [file.name for file in kept] == ["bilag-1.pdf", "bilag-2.jpg"]
        for file in kept:
            assert MARK.encode() not in file.file.read()

    def test_what_cannot_be_cleaned_is_told_at_the_field_with_the_text_kept(self, client, world):
        files = [upload("a.jpg", jpeg()), upload("b.docx", plain_docx("Hun hedder 010190-1234"))]
        response = send(client, world, files=files, proposal="Skriv det ét sted.")
        page = text(response)
        assert response.status_code == 422
        assert "Fil nr. 2: Filen indeholder et CPR-nummer" in page
        assert 'href="#id_files"' in page
        assert "Vælg filerne igen" in page
        assert PLAIN in page
        assert "Skriv det ét sted." in page
        assert not StoredFile.objects.exists()

    def test_a_fault_in_the_text_is_told_together_with_the_files(self, client, world):
        page = text(send(client, world, "kort", files=[upload("a.exe", b"MZ" + bytes(99))]))
        assert 'href="#id_problem"' in page
        assert 'href="#id_files"' in page

    def test_six_are_too_many(self, client, world):
        response = send(client, world, files=[upload("a.pdf", b"%PDF")] * 6)
        assert response.status_code == 422
        assert "Vedhæft højst 5 filer" in text(response)

    def test_cleaning_has_a_ceiling_and_the_text_stays(self, client, world, monkeypatch):
        monkeypatch.setitem(CEILINGS, "attach", Ceiling(network=1))
        send(client, world, files=[upload("a.jpg", jpeg())])
        refused = send(client, world, "En anden tekst, der ikke må gå tabt.", files=[upload("a.jpg", jpeg())])
        assert refused.status_code == 429
        assert "En anden tekst, der ikke må gå tabt." in text(refused)
        assert "Vælg filerne igen" in text(refused)

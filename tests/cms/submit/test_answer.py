"""A body's page: the secret is posted and stands in no address; rows are saved one by one or several together.

Whatever comes back, what was typed is in it.
"""

import datetime
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.utils import timezone

from backend.attachments.cleaning import Clean
from backend.cases import actions
from backend.cases.actions import body
from backend.cases.actions.links import pass_on, revoke_link
from backend.cases.models import AccessLink, Referral, ReferralMessage, Reply
from backend.examples.throttle import CEILINGS, Ceiling
from backend.organisations.sealing import unseal
from backend.outbox.models import OutgoingMessage
from tests.backend.attachments.files import pdf
from tests.cms.worlds import make_world
from tests.factories import make_letter, make_user
from tests.traces import every_row, listening

pytestmark = pytest.mark.django_db
WHO = {"signed_name": "Bente Lund", "signed_title": "Centerchef"}
NO = {"answer": "not", "values": {"reason_code": "cost", "text": "For dyrt."}}
CLEAN = Clean(content_type="application/pdf", extension="pdf", data=b"%PDF", text="")
DAY = datetime.timedelta(days=1)


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def coordinator(world):
    return make_user("coordinator", world.organisation)


@pytest.fixture
def letter(world, coordinator):
    return make_letter(world.campaign, coordinator, rows=3)


@pytest.fixture
def send(client, world):
    """Press a button under a link: `send(secret, do=…, field=…)`."""

    def send(secret, **fields):
        return client.post("/svar/", {"link": secret, **fields}, **world.host)

    return send


def text_of(response):
    """What the page says, without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def no_to(row, **more):
    """The fields that answer `row` with a no."""
    key = row if isinstance(row, str) else row.pk.hex
    fields = {f"{key}-answer": "not", f"{key}-reason_code": "cost", f"{key}-text": "For dyrt."}
    return {"open": f"{key}:answer", "do": f"save:{key}", **fields, **WHO, **more}


def sub_link(link, rows):
    """A colleague's link to `rows`. Returns (link, secret)."""
    sub = pass_on(link=link, referrals=rows, to_email="ole@example.org", by_name="Bente", by_title="Chef")
    mail = OutgoingMessage.objects.filter(kind="letter_passed_on").latest("pk")
    return sub, unseal(mail.secret_encrypted)


def test_a_get_is_static_and_changes_nothing(client, world, letter):
    for _time in range(10):
        assert client.get("/svar/", **world.host).status_code == 200
        assert client.head("/svar/", **world.host).status_code == 200
    assert {row.status for row in letter[0].referrals.all()} == {"sent"}
    assert not client.cookies


def test_a_row_is_answered_and_another_keeps_what_was_typed(send, letter):
    _batch, rows, _link, secret = letter
    page = send(f"https://lejre.localhost/svar/#{secret}")
    assert page.status_code == 200
    assert "Forslag nummer 3" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    key, other = rows[0].pk.hex, rows[1].pk.hex
    fields = {
        "open": [f"{key}:answer", f"{other}:answer", f"{other}:wrong"],
        f"{other}-text": "Halvt skrevet",
        f"{other}-wrong-text": "Halvt rettet",
        "do": f"save:{key}",
    }
    page = send(secret, **fields, **WHO)
    assert page.status_code == 422
    fields |= {f"{key}-answer": "not", f"{key}-reason_code": "cost", f"{key}-text": "For dyrt."}
    page = send(secret, **fields, **WHO)
    assert page.status_code == 200
    assert page.content.count(b"Halvt skrevet") == page.content.count(b"Halvt rettet") == 1
    assert Reply.objects.get().text == "For dyrt."
    assert "1 af 3 besvaret" in text_of(page)
    assert "Gå videre til række 2" in text_of(page)


def test_every_error_stands_at_the_top_with_a_way_to_its_field(send, letter):
    _batch, (row, *_rest), _link, secret = letter
    key = row.pk.hex
    page = send(secret, **{"open": f"{key}:answer", f"{key}-answer": "partly", "do": f"save:{key}"})
    assert page.status_code == 422
    summary = page.content.decode().split('id="fejl"')[1].split("</ul>")[0]
    fields = re.findall(r'href="#id_([\w-]+)">([^<]+) – [^<]+<', summary)
    assert fields == [
        ("signed_name", "Dit navn"),
        ("signed_title", "Din stilling"),
        (f"{key}-what", "Hvad gør I?"),
        (f"{key}-by_whom", "Hvem gør det?"),
        (f"{key}-promised_date", "Senest hvornår?"),
        (f"{key}-reason_code", "Grund"),
        (f"{key}-text", "Hvorfor ikke resten?"),
    ]
    assert all(page.content.decode().count(f'id="id_{name}"') == 1 for name, _label in fields)
    assert "<title>Fejl:" in page.content.decode()


def test_several_rows_are_answered_together(send, letter):
    _batch, rows, _link, secret = letter
    assert send(secret, do="open:together:answer").status_code == 422
    picked = send(secret, do="pick_waiting:")
    assert picked.content.decode().count(" checked") == 3
    fields = {**no_to("together"), "pick": [row.pk.hex for row in rows[:2]]}
    page = send(secret, **fields)
    assert page.status_code == 200
    assert Reply.objects.count() == 2
    assert "2 rækker er gemt" in text_of(page)


def test_no_ticked_row_is_left_out_unsaid(send, letter, coordinator):
    _batch, rows, _link, secret = letter
    actions.close(case=rows[1].case, why="Andet", by=coordinator)
    fields = {**no_to("together"), "pick": [row.pk.hex for row in rows]}
    page = send(secret, **fields)
    assert (page.status_code, Reply.objects.count()) == (409, 0)
    assert "række 2 kan ikke besvares længere" in text_of(page)
    assert "For dyrt." in page.content.decode()
    assert send(secret, **{**fields, "pick": [rows[0].pk.hex, rows[2].pk.hex]}).status_code == 200


def test_the_term_is_told_as_it_is(send, world, coordinator):
    now = timezone.now()
    late = make_letter(world.campaign, coordinator, rows=2, at=now - 45 * DAY, email="a@example.org")
    page = text_of(send(late[3]))
    assert re.search(r"Fristen var \d+\. \w+ 20\d\d · for \d+ arbejdsdage siden", page)
    assert "0 arbejdsdage" not in page
    key = late[1][0].pk.hex
    asked = {f"{key}-answer": "lacks_facts", f"{key}-text": "Hvilket system?"}
    page = text_of(send(late[3], do=f"save:{key}", open=f"{key}:answer", **asked, **WHO))
    assert "fristen står stille" in page
    assert Referral.objects.get(pk=key).status == "asked_back"
    Referral.objects.filter(pk=late[1][1].pk).update(due_at=now)
    assert "det er i dag" in text_of(send(late[3]))
    Referral.objects.filter(pk=late[1][1].pk).update(due_at=now + 60 * DAY)
    assert re.search(r"Svar senest .* · \d+ arbejdsdage tilbage", text_of(send(late[3])))


def test_the_wrong_description_is_said_once_and_kept_apart(send, letter):
    _batch, (row, *_rest), _link, secret = letter
    key = row.pk.hex
    assert "Hvad er forkert" in text_of(send(secret, do=f"open:{key}:wrong"))
    said = {"open": f"{key}:wrong", "do": f"correct:{key}", f"{key}-wrong-text": "Skemaet bruges ikke."}
    assert send(secret, **said).status_code == 422
    for _time in range(2):
        assert "Sekretariatet læser det, før andre ser det" in text_of(send(secret, **said, **WHO))
    assert ReferralMessage.objects.get().text == "Skemaet bruges ikke."


def test_files_are_listed_and_given_to_those_who_may_see_them(send, letter):
    _batch, rows, link, secret = letter
    upload = SimpleUploadedFile("Hemmelig plan.pdf", pdf(), "application/pdf")
    page = send(secret, **no_to(rows[0]), **{f"{rows[0].pk.hex}-files": upload})
    file = Reply.objects.get().files.get().file
    assert re.search(r"bilag-1\.pdf [\d,]+\s(bytes?|KB)", text_of(page))
    assert "Hemmelig plan" not in page.content.decode()
    download = send(secret, do=f"file:{file.pk.hex}")
    assert download.headers["Content-Disposition"] == 'attachment; filename="bilag-1.pdf"'
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    _sub, colleague = sub_link(link, rows[:2])
    key = rows[1].pk.hex
    typed = {"open": f"{key}:answer", f"{key}-text": "Halvt skrevet"}
    page = send(colleague, do=f"file:{file.pk.hex}", **typed)
    assert page.status_code == 404
    assert "Halvt skrevet" in page.content.decode()
    # A browser cannot be given a file back: the page says which ones to choose again.
    page = send(secret, **{**typed, f"{key}-files": SimpleUploadedFile("Plan B.pdf", b"x")}, do="")
    assert "Vælg filerne igen: Plan B.pdf" in text_of(page)


def test_a_draft_is_read_used_changed_or_discarded(send, letter):
    _batch, rows, link, secret = letter
    sub, colleague = sub_link(link, rows)
    page = text_of(send(colleague))
    assert ("Kære center" in page, "0 af 3 udkast skrevet" in page) == (False, True)
    for row in rows:
        ole = {"signed_name": "Ole Kollega", "signed_title": "Leder"}
        body.answer(link=sub, referrals=[row], files=[CLEAN], **NO, **ole)
    used, changed, discarded = (Reply.objects.get(referral=row).pk.hex for row in rows)
    page = text_of(send(secret))
    assert page.count("Udkast til svar fra Ole Kollega") == 3
    assert "Økonomi For dyrt." in page
    assert page.count("bilag-1.pdf") == 3
    assert send(colleague, do=f"use:{used}", **WHO).status_code == 404
    # What the receiver is typing is not written over.
    typed = {"open": f"{rows[0].pk.hex}:answer", f"{rows[0].pk.hex}-text": "Halvt skrevet"}
    for act in ("use", "edit"):
        page = send(secret, do=f"{act}:{used}", **typed, **WHO)
        assert (page.status_code, "Halvt skrevet" in page.content.decode()) == (409, True)
    # Without a name nothing is saved, and the page says where it is missing.
    assert 'href="#id_signed_name"' in send(secret, do=f"use:{used}").content.decode()
    assert send(secret, do=f"use:{used}", **WHO).status_code == 200
    answer = Reply.objects.get(is_proposal=False)
    again = send(secret, do=f"use:{used}", **WHO)
    assert (again.status_code, "Gemt" in text_of(again)) == (200, True)
    assert send(secret, do=f"use:{used}", **typed, **WHO).status_code == 409
    assert Reply.objects.get(is_proposal=False) == answer
    assert (answer.signed_name, answer.text, answer.files.count()) == ("Bente Lund", "For dyrt.", 1)
    page = send(secret, do=f"edit:{changed}")
    key = rows[1].pk.hex
    assert re.search(rf'name="{key}-draft" value="{changed}"', page.content.decode())
    edited = no_to(rows[1], **{f"{key}-draft": changed, f"{key}-text": "Alt for dyrt."})
    assert send(secret, **edited).status_code == 200
    assert Reply.objects.get(referral=rows[1], is_proposal=False).text == "Alt for dyrt."
    send(secret, do=f"discard:{discarded}")
    assert not Reply.objects.filter(referral=rows[2]).exists()
    page = send(secret, do=f"use:{discarded}", **WHO)
    assert page.status_code == 409
    assert send(secret, do=f"take_back:{sub.pk.hex}").status_code == 200
    assert send(colleague).status_code == 404


def test_rows_are_passed_on_to_an_address_typed_twice(send, letter):
    _batch, rows, _link, secret = letter
    picks = [row.pk.hex for row in rows[:2]]
    fields = {"open": "colleague:colleague", "do": "pass:", "pick": picks, **WHO}
    to = {"colleague-email": "ole@example.org", "colleague-again": "bo@example.org"}
    page = send(secret, **fields, **to)
    assert page.status_code == 422
    assert "De to adresser er ikke ens" in text_of(page)
    assert send(secret, **fields, **{**to, "colleague-again": "ole@example.org"}).status_code == 200
    assert [sub.referrals.count() for sub in AccessLink.objects.exclude(parent=None)] == [2]
    assert "ole@example.org · række 1, 2" in text_of(send(secret)).replace("rækker", "række")


def test_an_answer_by_somebody_else_meanwhile_is_shown_before_it_is_replaced(send, letter):
    _batch, (row, *_rest), _link, secret = letter
    mine = send(secret, do=f"open:{row.pk.hex}:answer")
    assert 'name="seen" value=""' in mine.content.decode()
    assert send(secret, **no_to(row), seen="").status_code == 200
    other = no_to(row, **{f"{row.pk.hex}-text": "Det er ikke lovligt."})
    page = send(secret, **other, seen="")
    assert (page.status_code, Reply.objects.count()) == (409, 1)
    assert "For dyrt." in text_of(page)
    assert "Det er ikke lovligt." in page.content.decode()
    seen = re.findall(r'name="seen" value="([^"]*)"', page.content.decode())
    assert send(secret, **other, seen=seen).status_code == 200
    assert Reply.objects.waiting().get().text == "Det er ikke lovligt."


def test_what_was_typed_stays_when_the_row_ends_or_is_called_back(send, letter, coordinator):
    _batch, (row, other, *_rest), _link, secret = letter
    actions.cancel_referral(referral=row, why="Fejl", by=coordinator)
    page = send(secret, **no_to(row))
    assert (page.status_code, Reply.objects.count()) == (409, 0)
    assert "For dyrt." in page.content.decode()
    assert f'value="save:{row.pk.hex}"' not in page.content.decode()
    page = send(secret, **{**no_to(row), "do": f"open:{other.pk.hex}:answer"})
    assert "For dyrt." in page.content.decode()
    page = send(secret, **{**no_to(row), "do": f"close:{row.pk.hex}:answer"})
    assert "For dyrt." not in page.content.decode()
    assert f'data-done="{row.pk.hex}:answer"' in page.content.decode()


def test_a_closed_link_gives_back_everything_that_was_typed(send, letter, coordinator):
    _batch, (row, *_rest), link, secret = letter
    revoke_link(link=link, by=coordinator)
    key = row.pk.hex
    typed = no_to(row, **{f"{key}-row": "1", f"{key}-by_whom": "Bo", "together-text": "x" * 7000})
    page = send(secret, **typed)
    assert page.status_code == 404
    assert "Send et nyt link" in text_of(page)
    assert "46 46 46 46" in text_of(page)
    boxes = re.findall(r"<textarea[^>]*>([^<]*)<", page.content.decode())
    assert {"Nej, det bliver ikke ændret", "Økonomi", "For dyrt.", "Bo"} < set(boxes[0].split("\n"))
    assert "x" * 7000 in boxes[1]
    assert "Række 1" in text_of(page)
    again = send(secret, do="renew", kept=boxes)
    assert (again.status_code, "x" * 7000 in again.content.decode()) == (200, True)


def test_what_does_not_open_is_one_answer(send, letter):
    wrong, none = send("forkert"), send("")
    assert (wrong.status_code, none.status_code) == (404, 404)
    assert wrong.content.replace(b"forkert", b"") == none.content
    assert send("forkert", do="renew").status_code == 200


def test_too_many_requests_lose_nothing(send, letter, monkeypatch):
    _batch, (row, *_rest), _link, secret = letter
    monkeypatch.setitem(CEILINGS, "answer", Ceiling(network=1))
    send(secret)
    page = send(secret, **no_to(row))
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.content.decode()))
    assert fields == {"link": secret, **no_to(row)}
    monkeypatch.undo()
    assert send(**{"secret": fields.pop("link"), **fields}).status_code == 200
    assert Reply.objects.get().text == "For dyrt."


def test_a_database_that_is_away_loses_nothing(send, letter):
    _batch, (row, *_rest), _link, secret = letter

    def away(execute, sql, params, many, context):
        raise OperationalError("database is locked")

    send(secret)
    with connection.execute_wrapper(away):
        page = send(secret, **no_to(row))
    assert page.status_code == 503
    fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.content.decode()))
    assert fields == {"link": secret, **no_to(row)}


def test_the_secret_leaves_no_trace(client, send, letter):
    _batch, (row, *_rest), _link, secret = letter
    OutgoingMessage.objects.update(secret_encrypted="")
    with listening() as log:
        pages = [send(secret), send(secret, **no_to(row)), send(f"{secret}x")]
    assert [page.status_code for page in pages] == [200, 200, 404]
    assert secret not in log.getvalue()
    assert [table for table, values in every_row() if secret in values] == []
    assert not client.cookies
    for page in pages:
        assert secret not in str(page.headers)
        assert page.headers["Referrer-Policy"] == "same-origin"
    # In the page it stands where it is posted from, and nowhere else.
    assert pages[0].content.decode().count(secret) == 1


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_page_costs_the_same_however_many_rows(
    client, world, coordinator, django_assert_num_queries, rows
):
    _batch, referrals, link, secret = make_letter(world.campaign, coordinator, rows=rows)
    body.answer(link=link, referrals=referrals[: rows // 2], **NO, **WHO)
    sub, _secret = sub_link(link, referrals[-1:])
    body.answer(link=sub, referrals=referrals[-1:], **NO, **WHO)
    client.post("/svar/", {"link": secret}, **world.host)
    # The site, its organisation and menu; the link; rows, replies, their files, the rows' own files, messages,
    # wordings; sub-links, their rows; the letter's files.
    with django_assert_num_queries(13):
        client.post("/svar/", {"link": secret}, **world.host)


def test_nothing_that_is_posted_breaks_the_page(send, letter):
    _batch, (row, *_rest), link, secret = letter
    _sub, colleague = sub_link(link, [row])
    key = row.pk.hex
    acts = ["save", "save_next", "correct", "open", "close", "use", "edit", "discard", "take_back", "file"]
    for act in [*acts, "pass", "acknowledge", "pick_waiting", "nonsense", "renew"]:
        for held, rest in [(secret, ""), (secret, "\x00"), (secret, key), (colleague, "0" * 32)]:
            hostile = {
                "open": [f"{key}:nonsense", "\x00:answer", *[f"{key}:answer"] * 50],
                "seen": ["", "x:y", ":", f"{key}:\x00"],
                "pick": ["\x00", key],
                f"{key}-answer": "nonsense",
                f"{key}-promised_date": "i går",
                f"{key}-keep": ["\x00"],
                f"{key}-row": "<script>",
            }
            assert send(held, do=f"{act}:{rest}", **hostile).status_code in (200, 404, 409, 422)
    assert not Reply.objects.exists()

"""What a body reads on its page: its rows as they were sent, nothing called back, nothing of others'."""

import pytest

from backend.cases import actions
from backend.organisations.sealing import unseal
from backend.outbox.models import OutgoingMessage
from tests.cms.worlds import make_world
from tests.factories import make_body, make_example, make_letter, make_published_case, make_user

pytestmark = pytest.mark.django_db
NEW = "Vi skriver det samme to steder, og det tager en halv time."
CALLED_BACK = "Sekretariatet har trukket rækken tilbage."


class Page:
    def __init__(self, client, world, rows=2):
        self.client, self.world = client, world
        self.by = make_user("coordinator", world.organisation)
        self.batch, self.rows, self.link, self.secret = make_letter(world.campaign, self.by, rows=rows)

    def read(self, secret=None):
        page = self.client.post("/svar/", {"link": secret or self.secret}, **self.world.host)
        assert page.status_code == 200
        return page.content.decode()

    def edit(self, case, **values):
        case.refresh_from_db()
        actions.edit_case(case=case, version=case.version, by=self.by, **values)


@pytest.fixture
def letter(client):
    return Page(client, make_world())


def test_a_row_reads_as_it_was_sent_until_the_new_wording_is_sent(letter):
    row = letter.rows[0]
    then = row.case.problem
    letter.edit(row.case, problem=NEW, title="Et andet navn")
    text = letter.read()
    assert then in text
    assert "Forslag nummer 1" in text
    assert NEW not in text
    assert "Et andet navn" not in text
    actions.send_wording(referral=row, by=letter.by)
    text = letter.read()
    for words in (NEW, "Et andet navn", "Ordlyden blev ændret", "Sådan stod der i brevet"):
        assert words in text


def test_what_was_called_back_stopped_or_closed_stands_there_without_its_words(letter):
    letter = Page(letter.client, letter.world, rows=4)
    for number, row in enumerate(letter.rows):
        letter.edit(row.case, problem=f"Noget om ord{number}ord.")
        actions.send_wording(referral=row, by=letter.by)
    cancelled, flagged, closed, _left = letter.rows
    actions.record_reply(referral=cancelled, answer="lacks_facts", text="Hvor tit?", by=letter.by)
    actions.answer_body(referral=cancelled, text="Hver ord0ord dag.", by=letter.by)
    actions.cancel_referral(referral=cancelled, why="Forkert modtager", by=letter.by)
    letter.edit(flagged.case, flag="enkeltsag")
    actions.close(case=closed.case, why="Det er løst", by=letter.by)
    text = letter.read()
    assert [f"ord{number}ord" in text for number in range(4)] == [False, False, False, True]
    assert "Forslag nummer 2" not in text
    assert text.count(CALLED_BACK) == 3


def test_a_colleague_reads_the_own_rows_and_no_letter(letter):
    sub = actions.pass_on(
        link=letter.link,
        referrals=letter.rows[:1],
        to_email="kollega@example.org",
        by_name="Bo Holm",
        by_title="Chef",
    )
    secret = unseal(OutgoingMessage.objects.get(kind="letter_passed_on").secret_encrypted)
    assert actions.open_link(secret) == sub
    text = letter.read(secret)
    assert "Forslag nummer 1" in text
    for word in ("Forslag nummer 2", "Kære center", letter.batch.subject):
        assert word not in text


def test_the_public_page_and_the_writer_are_told_that_an_answer_is_to_another_wording(client):
    world = make_world()
    by = make_user("coordinator", world.organisation)
    example, code = make_example(world.campaign)
    case = make_published_case(world.campaign, by, example=example)
    actions.prepare_referral(case=case, body=make_body(), by=by)
    (row,) = actions.refer(case=case, by=by)
    pages = [
        lambda: client.get(f"/forslag/{case.reference}/", **world.host),
        lambda: client.post("/spor/", {"code": code}, **world.host),
    ]
    said = "Ordlyden er ændret, siden de blev spurgt."
    assert [said in page().content.decode() for page in pages] == [False, False]
    case.refresh_from_db()
    actions.edit_case(case=case, version=case.version, problem=NEW, no_personal_data=True, by=by)
    assert [said in page().content.decode() for page in pages] == [True, True]
    actions.send_wording(referral=row, by=by)
    assert [said in page().content.decode() for page in pages] == [False, False]

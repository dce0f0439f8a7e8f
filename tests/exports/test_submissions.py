"""Putting the ministry's form together, freezing it, recording its sending and replacing it."""

import datetime
import hashlib
import io
import json

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from backend.cases import actions as case_actions
from backend.cases.lifecycle import IllegalMove
from backend.cases.models import Case
from backend.examples.validation import InvalidInput
from backend.organisations.models import AccessEvent
from backend.organisations.permissions import NotAllowed
from exports import actions
from exports.formats import FORMATS
from exports.models import FormRow, Frozen, Submission, SubmissionFile
from exports.queries import document_of
from tests.exports.worlds import World, make_world
from tests.factories import make_area, make_body, make_case, make_example, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def begin(world: World, *cases: Case) -> Submission:
    draft = actions.create_draft(organisation=world.organisation, body=world.ministry, by=world.coordinator)
    for case in cases:
        actions.add_case(submission=draft, case=case, by=world.coordinator)
    return draft


def freeze(world: World, draft: Submission, **more: object) -> Submission:
    return actions.freeze(submission=draft, by=world.coordinator, **more)


def places(submission: Submission) -> list[tuple[int, int, str]]:
    rows = submission.rows.select_related("case").order_by("table", "position")
    return [(row.table, row.position, row.case.problem) for row in rows]


def problems(submission: Submission) -> list[list[str]]:
    return [[row.cells[0] for row in table.rows] for table in document_of(submission).tables]


# --- Putting together -----------------------------------------------------------------------


def test_a_case_goes_into_its_table_and_keeps_its_words_until_they_are_edited(world: World) -> None:
    first = world.ready_case(
        "Det første problem", 1, legislation_text="Serviceloven § 83", proposal="Ét skema"
    )
    draft = begin(world, first, world.ready_case("Det andet problem", 2))
    assert places(draft) == [(1, 1, "Det første problem"), (2, 1, "Det andet problem")]
    row = document_of(draft).tables[0].rows[0]
    assert row.cells == ("Det første problem", "Ældreområdet", "Serviceloven § 83", "Ét skema")
    assert [event.move for event in first.events.all()][-1] == "put_in_submission"
    case_actions.edit_case(case=first, version=first.version, by=world.coordinator, problem="Det bedre ord")
    assert problems(draft)[0] == ["Det bedre ord"]


def test_the_areas_name_gives_way_to_the_secretariats_own_word(world: World) -> None:
    draft = begin(world, world.ready_case("Problemet her", 1, area_text="Ældre og pleje"))
    assert document_of(draft).tables[0].rows[0].cells[1] == "Ældre og pleje"


def test_a_case_without_a_table_goes_where_the_software_suggests(world: World) -> None:
    draft = begin(world, world.ready_case("Problemet her", 0))
    assert places(draft) == [(2, 1, "Problemet her")]


def test_rows_move_within_and_between_the_tables(world: World) -> None:
    draft = begin(world, *(world.ready_case(f"Problem nummer {n}", 1) for n in (1, 2, 3)))
    one, two, three = draft.rows.order_by("position")
    actions.shift_row(submission=draft, row=three, steps=-1, by=world.coordinator)
    assert problems(draft) == [["Problem nummer 1", "Problem nummer 3", "Problem nummer 2"], []]
    actions.shift_row(submission=draft, row=one, steps=-1, by=world.coordinator)
    actions.move_rows(submission=draft, rows=[one, two], table=2, by=world.coordinator)
    assert problems(draft) == [["Problem nummer 3"], ["Problem nummer 1", "Problem nummer 2"]]
    actions.reorder(submission=draft, order={1: [two.pk], 2: [three.pk, one.pk]}, by=world.coordinator)
    assert problems(draft) == [["Problem nummer 2"], ["Problem nummer 3", "Problem nummer 1"]]
    assert {row.pk for row in draft.rows.all()} == {one.pk, two.pk, three.pk}
    with pytest.raises(InvalidInput):
        actions.reorder(submission=draft, order={1: [two.pk]}, by=world.coordinator)


def test_taking_a_case_out_closes_the_gap(world: World) -> None:
    cases = [world.ready_case(f"Problem nummer {n}", 1) for n in (1, 2, 3)]
    draft = begin(world, *cases)
    actions.remove_case(submission=draft, case=cases[1], by=world.coordinator)
    assert places(draft) == [(1, 1, "Problem nummer 1"), (1, 2, "Problem nummer 3")]
    assert cases[1].events.last().move == "take_out_of_submission"


def test_an_edited_cell_stands_in_the_form_only(world: World) -> None:
    case = world.ready_case("Det lange problem", 1)
    draft = begin(world, case)
    row = draft.rows.get()
    actions.edit_row(submission=draft, row=row, cells={"problem": "Kort sagt"}, by=world.coordinator)
    assert problems(draft)[0] == ["Kort sagt"]
    case.refresh_from_db()
    assert case.problem == "Det lange problem"
    actions.edit_row(submission=draft, row=row, cells={"problem": "Det lange problem"}, by=world.coordinator)
    assert draft.rows.get().cells == {}


@pytest.mark.parametrize(
    "text, code", [("Borger 010203-1234 skal", "cpr_number"), ("", "required"), ("x" * 8001, "too_long")]
)
def test_a_cell_is_checked_like_every_text(world: World, text: str, code: str) -> None:
    draft = begin(world, world.ready_case(table=1))
    with pytest.raises(InvalidInput) as refused:
        actions.edit_row(
            submission=draft, row=draft.rows.get(), cells={"problem": text}, by=world.coordinator
        )
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/cells/problem", code)]
    assert draft.rows.get().cells == {}


def test_sender_block_and_sheets_are_options(world: World) -> None:
    draft = begin(world, world.ready_case(table=1))
    lines = [line.text for line in document_of(draft).sender_lines]
    assert lines == [
        "Forslagsstiller (angiv kommune): Lejre Kommune",
        "Kontaktperson: Sekretariatet",
        "Telefonnummer: 46 46 46 46",
    ]
    draft = actions.set_options(
        submission=draft, name="Lejre", contact="K. Ontakt", phone="1", has_annex=True, has_answers=True,
        by=world.coordinator,
    )  # fmt: skip
    document = document_of(draft)
    assert [line.value for line in document.sender_lines] == ["Lejre", "K. Ontakt", "1"]
    assert document.annex.rows[0].cells[:3] == ("Tabel 1", "1", draft.rows.get().case.reference)
    assert document.annex.rows[0].cells[5] == "under 5"
    assert document.answers.rows[0].cells == ("Tabel 1", "1", draft.rows.get().case.problem, "", "", "")
    with pytest.raises(InvalidInput) as refused:
        actions.set_options(submission=draft, name="", contact="010203-1234", by=world.coordinator)
    assert [error.pointer for error in refused.value.errors] == ["/name", "/contact"]


def test_the_annex_tells_what_bodies_answered(world: World) -> None:
    case = world.ready_case(table=1, hours=120)
    body = make_body("bm", "Beskæftigelsesministeriet")
    referral = case_actions.refer_to_body(case=case, body=body, by=world.coordinator)
    draft = actions.set_options(submission=begin(world, case), has_annex=True, by=world.coordinator)
    assert document_of(draft).annex.rows[0].cells[4:] == (
        "ca. 100–150 timer om året (skøn)", "under 5", "Beskæftigelsesministeriet: ikke besvaret",
    )  # fmt: skip
    reply = case_actions.record_reply(
        referral=referral, answer="not", reason_code="cost", text="Det er for dyrt.", by=world.coordinator
    )
    assert "for dyrt" not in document_of(draft).annex.rows[0].cells[6]
    case_actions.release_reply(reply=reply, by=world.coordinator)
    assert document_of(draft).annex.rows[0].cells[6] == (
        "Beskæftigelsesministeriet: Bliver ikke ændret. Det er for dyrt"
    )


def test_the_annex_tells_the_answer_and_not_a_question_released_after_it(world: World) -> None:
    case = world.ready_case(table=1)
    by = world.coordinator
    referral = case_actions.refer_to_body(case=case, body=world.ministry, by=by)
    question = case_actions.record_reply(referral=referral, answer="lacks_facts", text="Hvilket?", by=by)
    no = case_actions.record_reply(
        referral=referral, answer="not", reason_code="cost", text="For dyrt.", by=by
    )
    draft = actions.set_options(submission=begin(world, case), has_annex=True, by=by)
    case_actions.release_reply(reply=no, by=by)
    case_actions.release_reply(reply=question, by=by)
    assert document_of(draft).annex.rows[0].cells[6].endswith(": Bliver ikke ændret. For dyrt")


def test_what_is_frozen_is_danish_whatever_language_it_is_frozen_in(world: World) -> None:
    draft = begin(world, world.ready_case(table=1))
    with translation.override("en"):
        assert str(make_area()) != "Ældreområdet"
        frozen = freeze(world, draft)
    assert frozen.rows.get().cells["area"] == "Ældreområdet"


def test_there_is_one_draft_at_a_time_and_it_can_be_thrown_away(world: World) -> None:
    case = world.ready_case()
    draft = begin(world, case)
    with pytest.raises(InvalidInput):
        begin(world)
    actions.discard_draft(submission=draft, by=world.coordinator)
    assert not Submission.objects.exists()
    assert case.events.last().move == "take_out_of_submission"
    begin(world, case)


# --- What may not come in -------------------------------------------------------------------


def test_a_draft_case_and_a_case_twice_are_refused(world: World) -> None:
    draft = begin(world)
    unready = make_case(world.campaign, world.coordinator)
    with pytest.raises(IllegalMove):
        actions.add_case(submission=draft, case=unready, by=world.coordinator)
    case = world.ready_case()
    actions.add_case(submission=draft, case=case, by=world.coordinator)
    with pytest.raises(InvalidInput):
        actions.add_case(submission=draft, case=case, by=world.coordinator)


def test_what_the_writer_keeps_with_the_secretariat_never_reaches_the_form(world: World) -> None:
    example, _code = make_example(world.campaign, audience="secretariat")
    case = make_case(world.campaign, world.coordinator, example=example)
    case_actions.mark_ready(case=case, by=world.coordinator)
    draft = begin(world)
    with pytest.raises(InvalidInput) as refused:
        actions.add_case(submission=draft, case=case, by=world.coordinator)
    assert refused.value.errors[0].code == "limited_by_writer"


def test_another_organisations_case_is_not_found(world: World) -> None:
    other = make_world("noerreby")
    draft = begin(world)
    with pytest.raises(Case.DoesNotExist):
        actions.add_case(submission=draft, case=other.ready_case(), by=world.coordinator)
    with pytest.raises(NotAllowed):
        actions.add_case(submission=draft, case=world.ready_case(), by=other.coordinator)
    local = make_body(
        "oeu", "Økonomiudvalget", organisation=other.organisation, kind="committee", level="local"
    )
    with pytest.raises(InvalidInput):
        actions.set_options(submission=draft, body=local, by=world.coordinator)


@pytest.mark.parametrize("role, may_edit", [("caseworker", True), ("reader", False), ("editor", False)])
def test_roles(world: World, role: str, may_edit: bool) -> None:
    user = make_user(role, world.organisation)
    if may_edit:
        actions.create_draft(organisation=world.organisation, body=world.ministry, by=user)
        return
    with pytest.raises(NotAllowed):
        actions.create_draft(organisation=world.organisation, body=world.ministry, by=user)
    draft = begin(world, world.ready_case())
    for action in (actions.freeze, actions.discard_draft):
        with pytest.raises(NotAllowed):
            action(submission=draft, by=user)


def test_visible_to_ends_at_the_organisation(world: World) -> None:
    draft = begin(world)
    other = make_world("noerreby")
    assert list(Submission.objects.visible_to(world.coordinator)) == [draft]
    assert not Submission.objects.visible_to(other.coordinator)
    assert not Submission.objects.visible_to(make_user("editor", world.organisation))


def test_what_a_writer_withdraws_is_gone_from_the_draft_and_cannot_be_frozen(world: World) -> None:
    example, _code = make_example(world.campaign)
    case = make_case(world.campaign, world.coordinator, example=example)
    case_actions.mark_ready(case=case, by=world.coordinator)
    draft = begin(world, case)
    actions.edit_row(
        submission=draft, row=draft.rows.get(), cells={"problem": "Kort sagt"}, by=world.coordinator
    )
    case_actions.withdraw(example=example)
    assert problems(draft) == [[], [""]]
    with pytest.raises(InvalidInput) as refused:
        freeze(world, draft)
    assert refused.value.errors[0].code == "not_ready"


def test_what_a_writer_withdraws_later_stays_as_it_was_frozen(world: World) -> None:
    example, _code = make_example(world.campaign)
    case = make_case(world.campaign, world.coordinator, example=example, problem="Det frosne ord står her")
    case_actions.mark_ready(case=case, by=world.coordinator)
    frozen = freeze(world, begin(world, case))
    case_actions.withdraw(example=example)
    case.refresh_from_db()
    assert (case.status, case.problem) == ("closed", "")
    assert problems(frozen) == [[], ["Det frosne ord står her"]]


def test_a_merged_case_is_not_frozen(world: World) -> None:
    case, other = world.ready_case("Det samme problem"), world.ready_case("Det samme problem igen")
    draft = begin(world, case, other)
    case_actions.merge_into(case=case, other=other, by=world.coordinator)
    with pytest.raises(InvalidInput) as refused:
        freeze(world, draft)
    assert [error.pointer for error in refused.value.errors] == [f"/cases/{case.reference}"]


# --- Freezing -------------------------------------------------------------------------------


def test_freezing_numbers_the_submission_and_keeps_the_very_bytes(world: World) -> None:
    case = world.ready_case("Det oprindelige ord", 1)
    draft = begin(world, case)
    moment = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
    frozen = freeze(world, draft, at=moment)
    assert (frozen.number, frozen.is_frozen) == ("2026-01", True)
    assert frozen.file_name("xlsx") == "lejre-bidrag-2026-01.xlsx"
    assert {file.format for file in frozen.files.all()} == set(FORMATS)
    for file in frozen.files.all():
        assert hashlib.sha256(file.bytes).hexdigest() == file.sha256
        assert file.size == len(file.bytes)
    case_actions.edit_case(case=case, version=case.version, by=world.coordinator, problem="Et senere ord")
    content = actions.download(submission=frozen, format_name="json", by=world.coordinator)
    tables = json.loads(content)["tables"]
    assert tables[0]["rows"][0]["cells"]["problem"] == "Det oprindelige ord"
    assert tables[0]["rows"][0]["id"] == str(frozen.rows.get().pk)
    assert frozen.rows.get().cells["problem"] == "Det oprindelige ord"
    book = openpyxl.load_workbook(
        io.BytesIO(actions.download(submission=frozen, format_name="xlsx", by=world.coordinator))
    )
    assert not book["Tabel 1"].oddHeader.right.text
    assert [event.reference for event in AccessEvent.objects.order_by("at")] == [
        "2026-01.json",
        "2026-01.xlsx",
    ]


def test_numbers_follow_one_another_in_each_organisation_and_year(world: World) -> None:
    other = make_world("noerreby")
    numbers = []
    for where, year in ((world, 2026), (world, 2026), (other, 2026), (world, 2027)):
        moment = datetime.datetime(year, 11, 25, 12, tzinfo=datetime.UTC)
        numbers.append(freeze(where, begin(where, where.ready_case()), at=moment).number)
    assert numbers == ["2026-01", "2026-02", "2026-01", "2027-01"]
    found = Submission.objects.filter(organisation=world.organisation)
    assert found.numbered("2026-02").count() == 1
    for text in ("", "2026", "2026-", "-", "²026-01", "2026-99999", "2026-02-01"):
        assert not found.numbered(text)


def test_an_empty_form_is_not_frozen_and_a_closed_case_is_named(world: World) -> None:
    draft = begin(world)
    with pytest.raises(InvalidInput):
        freeze(world, draft)
    case = world.ready_case()
    actions.add_case(submission=draft, case=case, by=world.coordinator)
    case_actions.close(case=case, why="Løst lokalt", by=world.coordinator)
    with pytest.raises(InvalidInput) as refused:
        freeze(world, draft)
    assert [error.pointer for error in refused.value.errors] == [f"/cases/{case.reference}"]
    assert not SubmissionFile.objects.exists()
    actions.remove_case(submission=draft, case=case, by=world.coordinator)


def test_nothing_of_a_frozen_submission_can_be_changed(world: World) -> None:
    frozen = freeze(world, begin(world, world.ready_case(table=1)))
    row, file, coordinator = frozen.rows.get(), frozen.files.first(), world.coordinator
    case = world.ready_case()
    for name, arguments in (
        ("add_case", {"case": case}),
        ("remove_case", {"case": row.case}),
        ("move_rows", {"rows": [row], "table": 2}),
        ("shift_row", {"row": row, "steps": 1}),
        ("reorder", {"order": {2: [row.pk]}}),
        ("edit_row", {"row": row, "cells": {"problem": "Andet"}}),
        ("set_options", {"name": "Andet"}),
        ("discard_draft", {}),
        ("freeze", {}),
    ):
        with pytest.raises(IllegalMove):
            getattr(actions, name)(submission=frozen, by=coordinator, **arguments)
    row.cells = {"problem": "Andet"}
    for attempt in (
        row.save,
        row.delete,
        frozen.rows.all().delete,
        lambda: frozen.rows.update(cells={}),
        lambda: FormRow.objects.bulk_create([row]),
        file.save,
        file.delete,
        frozen.files.all().delete,
        lambda: frozen.files.update(sha256=""),
    ):
        with pytest.raises(Frozen):
            attempt()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exports_formrow SET cells = '{}'",
        "UPDATE exports_formrow SET position = 7",
        "UPDATE exports_submission SET seq = 7",
        "UPDATE exports_submission SET senders = '[]'",
        "UPDATE exports_submissionfile SET sha256 = ''",
        'INSERT INTO exports_formrow (id, submission_id, organisation_id, case_id, "table", position, cells)'
        ' SELECT case_id, submission_id, organisation_id, case_id, "table", 9, cells FROM exports_formrow',
    ],
)
def test_the_database_itself_refuses_to_change_what_is_frozen(world: World, statement: str) -> None:
    freeze(world, begin(world, world.ready_case()))
    with pytest.raises(DatabaseError, match="A frozen submission stays as it is"), transaction.atomic():
        connection.cursor().execute(statement)


# --- Sending and replacing ------------------------------------------------------------------


def test_recording_the_sending_refers_each_case_once(world: World) -> None:
    first, second = world.ready_case(table=1), world.ready_case(table=2)
    frozen = freeze(world, begin(world, first, second))
    left = actions.record_sent(submission=frozen, sent_to="fm@fm.dk", by=world.coordinator)
    assert left == []
    for case in (first, second):
        case.refresh_from_db()
        referral = case.referrals.get()
        assert (case.status, referral.status, referral.body) == ("referred", "sent", world.ministry)
        assert frozen.rows.get(case=case).referral == referral
    frozen.refresh_from_db()
    assert (frozen.sent_to, frozen.sent_by) == ("fm@fm.dk", world.coordinator)
    with pytest.raises(IllegalMove):
        actions.record_sent(submission=frozen, sent_to="fm@fm.dk", by=world.coordinator)


def test_a_case_closed_since_stays_closed_and_is_told_of(world: World) -> None:
    case = world.ready_case()
    frozen = freeze(world, begin(world, case))
    case_actions.close(case=case, why="Løst lokalt", by=world.coordinator)
    assert actions.record_sent(submission=frozen, sent_to="fm", by=world.coordinator) == [case]
    case.refresh_from_db()
    assert case.status == "closed"
    assert frozen.rows.get().referral is None


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_of_sending_lies_between_freezing_and_today(world: World, days: int) -> None:
    frozen = freeze(world, begin(world, world.ready_case()))
    day = timezone.localdate() + datetime.timedelta(days=days)
    with pytest.raises(InvalidInput):
        actions.record_sent(submission=frozen, sent_to="fm", sent_date=day, by=world.coordinator)


def test_a_draft_is_not_sent_and_the_recipient_is_checked(world: World) -> None:
    draft = begin(world, world.ready_case())
    with pytest.raises(IllegalMove):
        actions.record_sent(submission=draft, sent_to="fm", by=world.coordinator)
    frozen = freeze(world, draft)
    with pytest.raises(InvalidInput):
        actions.record_sent(submission=frozen, sent_to="010203-1234", by=world.coordinator)


def test_a_wrong_row_is_mended_by_a_replacing_submission(world: World) -> None:
    good, closed = world.ready_case("Det gode problem", 1), world.ready_case("Det løste problem", 2)
    draft = begin(world, good, closed)
    actions.edit_row(
        submission=draft, row=draft.rows.get(case=good), cells={"area": "Pleje"}, by=world.coordinator
    )
    frozen = freeze(world, draft)
    actions.record_sent(submission=frozen, sent_to="fm", by=world.coordinator)
    case_actions.close(case=closed, why="Løst lokalt", by=world.coordinator)
    replacement, left = actions.replace(submission=frozen, by=world.coordinator)
    assert left == [closed]
    assert replacement.replaces == frozen
    assert replacement.rows.get().cells == {"area": "Pleje"}
    assert list(Submission.objects.standing()) == [frozen]
    with pytest.raises(IllegalMove):
        actions.replace(submission=frozen, by=world.coordinator)
    replacement = freeze(world, replacement)
    assert list(Submission.objects.standing()) == [replacement]
    actions.record_sent(submission=replacement, sent_to="fm", by=world.coordinator)
    good.refresh_from_db()
    # The ministry had already been asked: it is not asked twice.
    assert good.referrals.count() == 1
    assert replacement.rows.get().referral == good.referrals.get()


@pytest.mark.parametrize("count", [1, 3])
def test_drawing_up_the_document_takes_the_same_queries_for_every_length(
    world: World, count: int, django_assert_num_queries: object
) -> None:
    draft = begin(world, *(world.ready_case() for _number in range(count)))
    draft = actions.set_options(submission=draft, has_annex=True, has_answers=True, by=world.coordinator)
    with django_assert_num_queries(4):
        document_of(draft)

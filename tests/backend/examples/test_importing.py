"""Camp statements as examples: all of them once, each with where it stood, and a bad row told by its line."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from backend.cases import actions as cases
from backend.examples.importing import COLUMNS, BrokenHeader, import_statements
from backend.examples.models import Example, ExampleEvent, ImportBatch
from backend.examples.search import matching
from exports import actions as submissions
from tests import factories

pytestmark = pytest.mark.django_db

CAMPS = Path(__file__).resolve().parents[4] / "shared" / "data" / "camps"
needs_camps = pytest.mark.skipif(not CAMPS.is_dir(), reason="the camps' own material (../shared) is not here")
CAMP_KEYS = (
    "trivsel_laering",
    "uddannelse_beskaeftigelse",
    "maalrettet_stoette",
    "faellesskaber_fritid",
    "baeredygtig_vaekst",
)
HEADER = ",".join(COLUMNS)
ROWS = [
    'P1,12,maalrettet_stoette,trade_off,1.1,,2,"Dokumentationskrav skal give mening, også for borgeren",,',
    "P2,12,maalrettet_stoette,prerequisite,1.1,kommune,,Ro,1,actor_only",
    "P3,13,baeredygtig_vaekst,front_page,3,,,\"Færre skemaer\nmere skov\",,",
]  # fmt: skip


@pytest.fixture
def campaign():
    organisation = factories.make_organisation()
    for key in CAMP_KEYS:
        factories.make_core_task(organisation, key=f"task_{key}", name=key, camp_key=key)
    return factories.make_campaign(organisation)


@pytest.fixture
def coordinator(campaign):
    return factories.make_user("coordinator", campaign.organisation)


@pytest.fixture
def write(tmp_path):
    def write(*rows, header=HEADER):
        path = tmp_path / "statements.csv"
        path.write_bytes("\n".join([header, *rows, ""]).encode("utf-8", "surrogateescape"))
        return path

    return write


def test_each_statement_is_an_example_with_where_it_stood(campaign, write):
    report = import_statements(campaign=campaign, path=write(*ROWS))
    assert (report.added, report.known, report.faults) == (3, 0, [])
    example = Example.objects.get(source="camp", source_key="P1")
    assert example.problem == "Dokumentationskrav skal give mening, også for borgeren"
    assert example.provenance == {
        "page": 12,
        "camp_key": "maalrettet_stoette",
        "activity": "trade_off",
        "group": "1.1",
        "actor": "",
        "votes": 2,
        "uncertain": False,
        "note": "",
    }
    assert example.core_task.camp_key == "maalrettet_stoette"
    assert example.is_camp_material
    assert ExampleEvent.objects.get(example=example).move == "import"
    assert not example.tracking_codes.exists()


def test_a_short_statement_and_one_of_two_lines_come_in_all_the_same(campaign, write):
    import_statements(campaign=campaign, path=write(*ROWS))
    assert Example.objects.get(source_key="P2").problem == "Ro"
    assert Example.objects.get(source_key="P3").problem == "Færre skemaer\nmere skov"


def test_a_second_run_adds_nothing(campaign, write):
    import_statements(campaign=campaign, path=write(*ROWS))
    before = list(Example.objects.order_by("pk").values())
    report = import_statements(campaign=campaign, path=write(*ROWS, ROWS[0].replace("P1", "P4")))
    assert (report.added, report.known) == (1, 3)
    report = import_statements(campaign=campaign, path=write(*ROWS))
    assert (report.added, report.known) == (0, 3)
    assert list(Example.objects.exclude(source_key="P4").order_by("pk").values()) == before
    assert ImportBatch.objects.count() == 2


def test_a_dry_run_stores_nothing(campaign, write):
    report = import_statements(campaign=campaign, path=write(*ROWS), is_dry_run=True)
    assert report.added == 3
    assert (Example.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_it_waits_outside_worklists_until_a_person_picks_it_up(campaign, coordinator, write):
    import_statements(campaign=campaign, path=write(*ROWS))
    seen = Example.objects.visible_to(coordinator)
    assert (seen.count(), seen.in_worklists().count(), seen.unread().count()) == (3, 0, 0)
    case = cases.make_case(
        example=seen.get(source_key="P1"),
        title="Krav, der giver mening",
        problem="Krav uden mening.",
        by=coordinator,
    )
    assert case.core_task.camp_key == "maalrettet_stoette"
    assert seen.in_worklists().get().source_key == "P1"
    assert case.supports.count() == 0


@pytest.mark.parametrize(
    "row,line,why",
    [
        ("P9,12,maalrettet_stoette,trade_off,,,,,,", 5, "text"),
        (",12,maalrettet_stoette,trade_off,,,,Uden id,,", 5, "id"),
        ("P1,12,maalrettet_stoette,trade_off,,,,Samme id,,", 5, "2"),
        ("P9,tolv,maalrettet_stoette,trade_off,,,,Side,,", 5, "page"),
        ("P9,12,maalrettet_stoette,trade_off,,,mange,Stemmer,,", 5, "votes"),
        ("P9,12,ukendt_camp,trade_off,,,,Camp,,", 5, "camp_key"),
        ("P9,12,maalrettet_stoette,trade_off,,,,For få celler", 5, "8"),
        ("P9,12,maalrettet_stoette,trade_off,,,,Borgeren 010190-1234 fik nej,,", 5, "text"),
        ("P9,12,maalrettet_stoette,trade_off,,,,Note,,010190 1234", 5, "note"),
        ("P9,12,maalrettet_stoette,trade_off,,,,Bip \x07,,", 5, "text"),
        (f"P9,12,maalrettet_stoette,trade_off,,,,{'x' * 8001},,", 5, "text"),
        ("P9,12,maalrettet_stoette,trade_off,,,,M\udcf8der,,", 5, "UTF-8"),
        ('P9,12,maalrettet_stoette,trade_off,,,,"Anf"ørsel,,', 5, "CSV"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_the_rest_goes_in(campaign, write, row, line, why):
    report = import_statements(
        campaign=campaign, path=write(*ROWS[:2], ROWS[1].replace("P2", "P5"), row, ROWS[2])
    )
    ((found_line, found_why),) = report.faults
    assert found_line == line
    assert why in found_why
    assert "010190" not in found_why
    assert set(Example.objects.values_list("source_key", flat=True)) == {"P1", "P2", "P3", "P5"}


def test_a_line_is_counted_as_an_editor_counts(campaign, write):
    report = import_statements(campaign=campaign, path=write(ROWS[2], "P9,12,,trade_off,,,x,Stemmer,,"))
    assert [line for line, _why in report.faults] == [4]


def test_a_file_with_other_columns_is_refused_whole(campaign, write):
    with pytest.raises(BrokenHeader):
        import_statements(campaign=campaign, path=write(*ROWS, header="id,text"))
    assert not Example.objects.exists()


def test_another_organisation_may_hold_the_same_statements(campaign, write):
    import_statements(campaign=campaign, path=write(*ROWS))
    other = factories.make_organisation("noerreby")
    for key in CAMP_KEYS:
        factories.make_core_task(other, key=f"task_{key}", name=key, camp_key=key)
    report = import_statements(campaign=factories.make_campaign(other), path=write(*ROWS))
    assert (report.added, report.known) == (3, 0)
    assert {e.core_task.organisation for e in other.examples.all()} == {other}


def test_inflected_words_find_the_statement(campaign, coordinator, write):
    import_statements(campaign=campaign, path=write(*ROWS))
    seen = Example.objects.visible_to(coordinator)
    for words in ("dokumentationskravene", "dokumentationskrav", "DOKUMENTATIONSKRAVENES borgernes"):
        assert [e.source_key for e in matching(seen, words)] == ["P1"]


def test_the_command_reports_and_keeps_going(campaign, write, capsys):
    path = write(*ROWS, "P9,12,,trade_off,,,x,Stemmer,,")
    options = {"organisation": campaign.organisation.key, "campaign": campaign.slug}
    call_command("import_statements", path, dry_run=True, **options)
    call_command("import_statements", path, **options)
    call_command("import_statements", path, **options)
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "3 ville blive tilføjet, 0 er kendt, 1 er forkerte.",
        "3 tilføjet, 0 kendt, 1 forkerte.",
        "0 tilføjet, 3 kendt, 1 forkerte.",
    ]
    assert err.startswith("Linje 6: votes: ")
    with pytest.raises(CommandError):
        call_command("import_statements", path, organisation="lejre", campaign="findes-ikke")
    with pytest.raises(CommandError):
        call_command("import_statements", path.with_name("findes-ikke.csv"), **options)


@needs_camps
def test_all_the_camps_statements_come_in_once(campaign, coordinator):
    report = import_statements(campaign=campaign, path=CAMPS / "statements.csv")
    assert (report.added, report.known, report.faults) == (926, 0, [])
    again = import_statements(campaign=campaign, path=CAMPS / "statements.csv")
    assert (again.added, again.known) == (0, 926)
    seen = Example.objects.visible_to(coordinator)
    assert seen.count() == 926
    assert seen.in_worklists().count() == 0
    assert not seen.filter(core_task=None).exists()
    assert sum(len(e.problem) < 10 for e in seen) == 8
    assert matching(seen, "paragraffernes").count() >= 5
    # With all of them in: an inflected compound still finds the one that has it.
    example, _code = factories.make_example(campaign, problem="Et dokumentationskrav, som ingen læser.")
    assert list(matching(seen, "dokumentationskravene")) == [example]


@needs_camps
def test_real_statements_about_rules_reach_a_frozen_row(campaign, coordinator):
    import_statements(campaign=campaign, path=CAMPS / "statements.csv")
    draft = submissions.create_draft(
        organisation=campaign.organisation, body=factories.make_body(), by=coordinator
    )
    # rules_legislation or documentation, «clear:» in red_tape.csv: reimbursement, less paper, local plans.
    wordings = {
        "S0430": ("Refusion ved sygdom og barsel", "Lokale regler giver kun en del af refusionen.", 2),
        "S0949": ("Mindre papirarbejde", "Skriftlige krav tager tid fra borgeren.", 2),
        "S1421": ("Formkrav til lokalplaner", "Processen for lokalplaner har mange formkrav.", 1),
    }
    for key, (title, problem, table) in wordings.items():
        example = Example.objects.get(source="camp", source_key=key)
        case = cases.make_case(example=example, title=title, problem=problem, by=coordinator)
        cases.edit_case(case=case, version=case.version, table=table, by=coordinator)
        cases.mark_ready(case=case, by=coordinator)
        submissions.add_case(submission=draft, case=case, by=coordinator)
    frozen = submissions.freeze(submission=draft, by=coordinator)
    rows = frozen.rows.order_by("table", "position")
    assert [(row.table, row.cells["problem"]) for row in rows] == [
        (1, "Processen for lokalplaner har mange formkrav."),
        (2, "Lokale regler giver kun en del af refusionen."),
        (2, "Skriftlige krav tager tid fra borgeren."),
    ]
    raw = set(Example.objects.filter(source_key__in=wordings).values_list("problem", flat=True))
    for file in frozen.files.filter(format__in=["csv", "json"]):
        assert not any(words.encode() in bytes(file.bytes) for words in raw)

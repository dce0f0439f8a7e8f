"""Rows by the thousand for the measurements: one organisation's campaign, examples and cases, in varied Danish."""

import datetime
import random

from django.utils import timezone

from backend.campaigns.models import Campaign
from backend.cases.models import Case, CaseExample, Support
from backend.examples.models import Example
from backend.examples.references import new_reference
from backend.examples.stems import stems
from backend.organisations.models import Membership, Organisation, User
from backend.registry.models import Area
from tests import factories

BATCH = 2000
WHO = [
    "Vi",
    "Plejehjemmet",
    "Skolen",
    "Centeret",
    "Visitationen",
    "Jobcentret",
    "Dagtilbuddet",
    "Hjemmeplejen",
]
WHAT = ["registrerer besøget", "udfylder skemaet", "skriver handleplanen", "indberetter fraværet", "bestiller varer",
        "dokumenterer tilsynet", "søger godkendelse", "holder koordineringsmødet"]  # fmt: skip
HOW = ["to gange", "i tre systemer", "hver eneste dag", "uden at nogen læser det", "med de samme oplysninger",
       "selv om reglen er ændret", "før borgeren kan få hjælp", "på et skema fra 2009"]  # fmt: skip
SO = ["og det tager tid fra borgerne", "så børnene må vente", "og ingen ved hvorfor", "selv om loven ikke kræver det",
      "og svaret kommer efter tre uger", "så vi når færre besøg", "og fejlene bliver flere"]  # fmt: skip
# Their compounds go into the ten thousands, the first ones most often: words as many and as unequal as in life.
PARTS = """
borger skole børne medicin handle vagt trivsels byggesags kørsels dokumentations indkøbs sygefraværs
hjælpemiddel rengørings forældre elev budget løn ferie tilsyns ansøgnings godkendelses journal
kommunikations affalds legeplads køkken nøgle papir system adgangs faktura regnskabs tilskuds forenings
idræts biblioteks svømmehals vej park vinter snerydnings kloak grave praktik virksomheds job kontanthjælps
pensions bolig flygtninge integrations sprog tolke tandpleje sundheds genoptrænings ernærings tryksårs fald
magtanvendelses underretnings plejefamilie ledsager handicap senior plejehjems madordnings fødevare brand
sikkerheds arbejdsmiljø møde kursus uddannelses vikar rekrutterings stillings barsels refusions rejse
kvitterings telefon computer printer kode certifikat samtykke databehandler arkiv aktindsigts høring klima
energi
"""
ENDS = """
plan skema system registrering samtale møde ansøgning godkendelse kontrol måling indberetning aftale ordning
vejledning journal rapport opfølgning vurdering bestilling udbetaling tilladelse kvittering liste mappe
blanket portal koordinator konsulent leder udvalg politik strategi frist gebyr takst pulje
"""
STATUSES = ["draft", "ready", "ready", "referred", "answered", "closed"]


def sentence(rng):
    return f"{rng.choice(WHO)} {rng.choice(WHAT)} {rng.choice(HOW)}, {rng.choice(SO)}."


def telling_sentence(rng):
    """A sentence of eight compounds, some of them common and most of them rare."""

    parts, ends = PARTS.split(), ENDS.split()

    def word():
        first, second, end = (words[int(len(words) * rng.random() ** 2)] for words in (parts, parts, ends))
        return f"{first}{end}" if rng.random() < 0.6 else f"{first}{second}{end}"

    return f"Det gælder {', '.join(word() for _ in range(7))} og {word()}en."


def world():
    """The organisation, its open campaign and its coordinator, made once."""
    organisation = Organisation.objects.filter(key="maal").first()
    if organisation is not None:
        return (
            organisation,
            Campaign.objects.get(organisation=organisation),
            User.objects.get(email="maal@example.org"),
        )
    organisation = factories.make_organisation("maal", hostname="maal.localhost")
    campaign = factories.make_campaign(organisation)
    user = factories.make_user("coordinator", organisation, email="maal@example.org")
    Membership.objects.create(user=user, organisation=organisation, role="administrator")
    for number in range(30):
        factories.make_area(f"omraade{number}", f"Område {number}", organisation=organisation)
    return organisation, campaign, user


def fill(total, organisation, campaign, user):
    """Bring examples and cases up to `total` each: about half of the cases are public, a third have supports."""
    rng = random.Random(total)
    areas = list(Area.objects.filter(key__startswith="omraade"))
    today = timezone.localdate()
    there = Case.objects.filter(organisation=organisation).count()
    while there < total:
        number = min(BATCH, total - there)
        examples, cases, joined, supports = [], [], [], []
        for _ in range(number):
            problem = f"{' '.join(sentence(rng) for _ in range(4))} {telling_sentence(rng)}"
            date = today - datetime.timedelta(days=rng.randrange(700))
            area = rng.choice(areas)
            example = Example(
                organisation=organisation,
                campaign=campaign,
                reference=new_reference("E"),
                status=rng.choice(["accepted", "accepted", "received", "set_aside"]),
                submitted_date=date,
                problem=problem,
                area=area,
                stems=stems(problem),
            )
            status = rng.choice(STATUSES)
            is_public = rng.random() < 0.5
            case = Case(
                organisation=organisation,
                campaign=campaign,
                reference=new_reference("F"),
                title=sentence(rng)[:110],
                problem=problem,
                proposal=sentence(rng),
                legislation_text="serviceloven § 83",
                area=area,
                table=rng.choice([1, 2]),
                hours=rng.randrange(1, 900),
                created_date=date,
                status=status,
                closed_reason="Reglen er væk" if status == "closed" else "",
                outcome="not" if status == "answered" else "",
                visibility="public" if is_public else "internal",
                published_date=date if is_public else None,
                checked_by=user if is_public else None,
                stems=stems(problem),
            )
            examples.append(example)
            cases.append(case)
            if example.status == "accepted":
                joined.append(
                    CaseExample(case=case, example=example, is_source=True, joined_at=timezone.now())
                )
            if rng.random() < 0.3:
                supports.append(Support(case=case, on_date=date))
        for model, rows in ((Example, examples), (Case, cases), (CaseExample, joined), (Support, supports)):
            model.objects.bulk_create(rows, batch_size=500)
        there += number

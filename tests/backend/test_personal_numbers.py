"""Personal numbers (CPR): what is refused, what is let through, how often we are wrong, how fast."""

import datetime
import random
import time
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.personal_numbers import find_cpr

# No real person: serials are made up, and dates of 1990 with the serial 1234 belong to nobody.
REFUSED = {
    "hyphen": "010190-1234",
    "nothing between": "0101901234",
    "space": "010190 1234",
    "dot": "010190.1234",
    "slash": "010190/1234",
    "underscore": "010190_1234",
    "spaced hyphen": "010190 - 1234",
    "two hyphens": "010190--1234",
    "several spaces": "010190    1234",
    "tab": "010190\t1234",
    "line wrapped": "010190-\n1234",
    "line break": "010190\n1234",
    "en dash": "010190–1234",
    "em dash": "010190—1234",
    "minus": "010190−1234",
    "non-breaking hyphen": "010190‑1234",
    "figure dash": "010190‒1234",
    "no-break space": "010190\u00a01234",
    "thin space": "010190\u20091234",
    "zero-width space": "010190\u200b1234",
    "zero-width between digits": "01\u200d01\u200c90\u2060-12\ufeff34",
    "soft hyphen": "010190\u00ad1234",
    "full-width": "０１０１９０－１２３４",
    "Arabic-Indic": "٠١٠١٩٠-١٢٣٤",
    "Persian": "۰۱۰۱۹۰۱۲۳۴",
    "Devanagari": "०१०१९०-१२३४",
    "mathematical": "𝟎𝟏𝟎𝟏𝟗𝟎-𝟏𝟐𝟑𝟒",
    "superscript": "⁰¹⁰¹⁹⁰⁻¹²³⁴",
    "circled": "⓪①⓪①⑨⓪①②③④",
    "keycaps": "0️⃣1️⃣0️⃣1️⃣9️⃣0️⃣1️⃣2️⃣3️⃣4️⃣",
    "pairs": "01 01 90 1234",
    "pairs throughout": "01 01 90 12 34",
    "pairs, serial last": "010190 12 34",
    "dashes": "01-01-90-1234",
    "dots and hyphen": "01.01.90-1234",
    "dots and space": "01.01.90 1234",
    "slashes": "01/01/90-1234",
    "middle dots": "01·01·90·1234",
    "backslashes": "01\\01\\90\\1234",
    "pairs with wide gaps": "01 - 01 - 90  –  1234",
    "digit by digit": "0 1 0 1 9 0 1 2 3 4",
    "digit by digit, dashed": "0-1-0-1-9-0-1-2-3-4",
    "day and month together": "0101 90 1234",
    "year in full": "01011990-1234",
    "year in full, dots": "01.01.1990-1234",
    "unpadded": "1/1-90-1234",
    "brackets": "(010190) 1234",
    "bracketed serial": "010190 [1234]",
    "replacement number": "610190-1234",
    "replacement number, day 91": "910190-1234",
    "modulus 11 does not hold": "010190-0001",
    "leap day": "290200-1234",
    "serial never issued": "010190-0000",
    "word in front": "cpr0101901234",
    "word behind": "0101901234og",
    "colon in front": "CPR:010190-1234",
    "quoted": "»010190-1234«",
    "in a sentence": "Borgeren 010190-1234, som bor i Hvalsø.",
    "full stop": "Det drejer sig om 010190-1234.",
    "a number in front": "Barn 1 010190-1234",
    "numbered list": "1. 01 01 90 1234",
    "plain amount": "kr. 0101901234,00",
    "after a phone number": "Tlf. 20 30 40 50, 010190-1234",
    "bidi marks": "\u202e010190\u202c-\u206612\u206934",
    "combining strike": "0\u03361\u03360\u03361\u03369\u03360\u0336-1\u03362\u03363\u03364",
    "Hangul filler": "010190\u31641234",
}

ACCEPTED = {
    "phone": "Ring på 46464646 eller 20 12 11 50.",
    "phone in fours": "Ring 2012 1190.",
    "two phones": "20 12 11 50 / 10 10 12 12",
    "phone and year": "Tlf. 20 10 11 12 2017",
    "phone abroad": "+45 20 12 11 50, +4520121150, 0045 2012 1150",
    "EAN": "EAN 5790000123456",
    "EAN in groups": "EAN 5 790000 123456 og 579 8009 876543",
    "CVR": "CVR-nr. 29189714",
    "case number with a slash": "Sag 17/6716 og 2017/010190",
    "case number": "Sag 24-123456",
    "journal number": "J.nr. 27.36.00-A00-1-24",
    "law": "LBK nr 1053 af 08/09/2015, § 83, stk. 2",
    "date": "Den 01.01.1990 og 30-05-2017",
    "date and time": "01-01-2020 12:34 og 12.03.17 14.30",
    "date and hour range": "Den 12.03.17 12-14 er der lukket",
    "date and time, ISO": "2010-10-12T10:12:14.1234Z",
    "date range": "01.01.2017-31.12.2017",
    "date and year": "Fra 01.01.17 til 2018",
    "date and amount": "Pr. 01.01.2017 1500 kr.",
    "date at the end of a line": "Lejre, 12.03.17\n4320 Lejre",
    "amount": "kr. 1.010.190.123,00",
    "decimal": "0,10190 og 101112,1234",
    "UUID": "id 01019012-3412-4010-9012-010190123456",
    "hex and digits, UUID's first groups": "ab010190-1234-4444-8888-121212121212",
    "hex id": "3f0a9c0101901234d7e1",
    "hex id of twelve": "ab0101901234",
    "mixed id": "x7k0101901234z9",
    "month 13": "011390-1234",
    "month 00": "010090-1234",
    "day 00": "000190-1234",
    "day 32": "320190-1234",
    "31 February": "310290-1234",
    "31 April": "3104901234",
    "29 February in an ordinary year": "290201-1234",
    "replacement 31 February": "910290-1234",
    "day 60": "600190-1234",
    "nine digits": "010190-123",
    "eleven digits": "010190-12345",
    "eleven digits in front": "2010190-1234",
    "bank account": "Reg.nr. 9570 konto 0012345678",
    "IBAN": "DK50 0040 0440 1162 43",
    "card number": "4571 1012 9012 3456",
    "ISBN": "978-87-01-01234-5",
    "counts": "1 2 3 4 5 6 7 8 9 10 11 12",
    "scores": "0 1 0 1 9 0 1 2 3 4 5",
    "spelled": "nummer 01019 og 01234",
    "nothing": "",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_personal_number_is_found_however_it_is_written(text):
    spans = find_cpr(text)
    assert len(spans) == 1
    # The span shows the whole number in the sender's own text and nothing around it.
    [(start, end)] = spans
    assert sum(char.isdigit() for char in text[start:end]) in {8, 10, 12} or "⓪" in text
    assert text[start].isdigit() or text[start] == "⓪"


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_only_looks_like_a_personal_number_is_let_through(text):
    assert find_cpr(text) == []


def test_the_span_is_of_the_text_as_it_was_typed():
    text = "Ung: \u200b０１０１\u00ad９０ – 12\u200b34, og 020290-1234"
    assert [text[start:end] for start, end in find_cpr(text)] == [
        "０１０１\u00ad９０ – 12\u200b34",
        "020290-1234",
    ]


SEPARATORS = [
    *"-‐‑‒–—―−﹣－./·_\\ ",
    "",
    "\u00a0",
    "\u2007",
    "\u2009",
    "\u202f",
    "\u3000",
    "\u200b",
    "\u00ad",
]
DIGITS = ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⁰¹²³⁴⁵⁶⁷⁸⁹"]
NOISE = ["", "", "", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"]
FRAMES = [
    "{}",
    "Borger {} klager",
    "CPR-nr.: {}.",
    "({})",
    "»{}«",
    "cpr {} og\nmere",
    "født:{}",
    "Sag 17/6716, {}",
]


def generated_spelling(rng):
    born = datetime.date(1900, 1, 1) + datetime.timedelta(days=rng.randrange(45_000))
    day = born.day + rng.choice([0, 0, 0, 60])
    groups = [f"{day:02}", f"{born.month:02}", f"{born.year % 100:02}", f"{rng.randrange(10_000):04}"]
    layout = rng.choice(["one", "one", "all", "spaced"])
    if layout == "one":
        gaps = ["", "", rng.choice(SEPARATORS)]
    elif layout == "all":
        gaps = [rng.choice(SEPARATORS)] * 2 + [rng.choice(SEPARATORS)]
    else:
        gaps = [" " * rng.randrange(3) + rng.choice(SEPARATORS) + " " * rng.randrange(3) for _ in range(3)]
    number = groups[0] + gaps[0] + groups[1] + gaps[1] + groups[2] + gaps[2] + groups[3]
    digits = rng.choice(DIGITS)
    number = number.translate({48 + i: digits[i] for i in range(10)})
    number = "".join(char + rng.choice(NOISE) for char in number)
    return rng.choice(FRAMES).format(number)


def test_generated_spellings_are_found():
    rng = random.Random(20261125)
    spellings = [generated_spelling(rng) for _ in range(20_000)]
    missed = [text for text in spellings if not find_cpr(text)]
    print(f"\nCPR recall: {len(spellings) - len(missed):,} of {len(spellings):,} generated spellings")
    assert len(missed) / len(spellings) <= 0.001, missed[:10]


SENTENCES = [
    "Vi har brugt {count} timer på sag {case} siden {date}.",
    "Ring til mig på {phone} mellem kl. {time} og {time}.",
    "Fakturaen skal sendes til {ean}, mærket {case}.",
    "Leverandøren har {cvr} og telefon {phone}.",
    "Jf. {law} skal der ligge en handleplan senest {date}.",
    "Mødet {date} kl. {time} blev flyttet til {date} kl. {time}.",
    "Skemaet {id} er udfyldt {count} gange, sidst {date} {time}.",
    "Det koster {amount} om året, og {amount} mere fra {date}.",
    "På {address} er der {count} borgere og {count} ansatte.",
    "Se {case}, {case} og {law}; {ean}.",
]


def generated_sentence(rng):
    def number(digits):
        return str(rng.randrange(10 ** (digits - 1), 10**digits))

    def grouped(digits, sizes):
        parts, at = [], 0
        for size in sizes:
            parts.append(digits[at : at + size])
            at += size
        return " ".join(parts)

    def phone():
        digits = str(rng.randrange(20_000_000, 99_999_999))
        layout = rng.choice([[8], [2, 2, 2, 2], [4, 4], [3, 2, 3]])
        return rng.choice(["", "", "+45 ", "+45"]) + grouped(digits, layout)

    def date():
        day = datetime.date(1995, 1, 1) + datetime.timedelta(days=rng.randrange(12_000))
        return day.strftime(
            rng.choice(["%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%y", "%d/%m-%y", "%Y-%m-%d"])
        )

    def case():
        year = rng.randrange(2007, 2027)
        return rng.choice(
            [
                f"{year % 100}/{number(rng.choice([4, 5, 6]))}",
                f"{year % 100}-{number(6)}",
                f"{year}-{number(rng.choice([4, 5, 7]))}",
                f"S{year}-{number(5)}",
                f"{rng.randrange(100):02}.{rng.randrange(100):02}.{rng.randrange(30):02}-"
                f"{rng.choice('AGKPSØ')}{rng.randrange(60):02}-{rng.randrange(1, 99)}-{year % 100}",
            ]
        )

    def fill(name):
        match name:
            case "count":
                return rng.choice([number(1), number(2), number(3), f"{number(1)}.{number(3)}"])
            case "phone":
                return phone()
            case "ean":
                digits = "57900" + f"{rng.randrange(10**8):08}"
                return "EAN " + grouped(digits, rng.choice([[13], [1, 6, 6], [2, 5, 6], [4, 4, 4, 1]]))
            case "cvr":
                return rng.choice(["CVR ", "CVR-nr. ", "CVR: "]) + number(8)
            case "law":
                kind = rng.choice(["LBK", "BEK", "VEJ", "Lov"])
                day = f"{rng.randrange(1, 29):02}/{rng.randrange(1, 13):02}/{rng.randrange(1990, 2027)}"
                return f"{kind} nr {rng.randrange(1, 2000)} af {day}, § {rng.randrange(1, 200)}, stk. {number(1)}"
            case "date":
                return date()
            case "time":
                return f"{rng.randrange(24):02}{rng.choice('.:')}{rng.randrange(60):02}"
            case "id":
                return rng.choice([str(uuid.UUID(int=rng.getrandbits(128))), f"{rng.getrandbits(80):020x}"])
            case "amount":
                return rng.choice(["kr. ", ""]) + f"{rng.randrange(10**7):,}".replace(",", ".") + ",00"
            case _:
                return f"Skolevej {rng.randrange(1, 200)}, {rng.randrange(1000, 9990)} Lejre"

    sentence = rng.choice(SENTENCES)
    while "{" in sentence:
        before, _, rest = sentence.partition("{")
        name, _, after = rest.partition("}")
        sentence = before + fill(name) + after
    return sentence


def test_danish_sentences_with_other_numbers_are_let_through():
    rng = random.Random(17_6716)
    stopped = [text for text in (generated_sentence(rng) for _ in range(30_000)) if find_cpr(text)]
    print(f"\nCPR false alarms: {len(stopped)} in 30,000 generated sentences")
    assert len(stopped) <= 3, stopped


def test_random_ids_are_let_through():
    rng = random.Random(1860)
    ids = [f"{rng.getrandbits(4 * size):0{size}x}" for size in (12, 16, 20, 32, 40) for _ in range(4000)]
    ids += [str(uuid.UUID(int=rng.getrandbits(128))) for _ in range(4000)]
    # Ten digits and nothing else in a row can happen, an id of letters and digits cannot.
    stopped = [text for text in ids if find_cpr(f"Skema {text}") and not text.isdigit()]
    assert stopped == []


@pytest.mark.parametrize(
    "unit",
    ["01", "0101", "01 ", "0 ", "010190", "010190-", "0101901234 ", "01" + " " * 12, "-", "\u200b0", "a0101901234",
     "ab0101901234cd", "0101\u0301", "\ufdfa", "1/1-90-", "310290-1234 ", "٠", "0\ud800"],
)  # fmt: skip
def test_hostile_text_is_read_in_linear_time(unit):
    text = unit * (100_000 // len(unit))
    took = []
    for _ in range(2):
        began = time.perf_counter()
        find_cpr(text)
        took.append(time.perf_counter() - began)
    assert min(took) < 1.0


ANY_TEXT = st.text(st.characters(), max_size=60)
NUMBERISH = st.text(
    st.sampled_from("0123456789０１٠١ -–./\u200b\u00ad\n,:abcx§²½①⒈㏿\ud800\ufffe\u0301"), max_size=40
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(ANY_TEXT, NUMBERISH, st.lists(NUMBERISH, max_size=4).map("010190-1234 ".join)))
def test_any_text_can_be_read_and_the_spans_slice_back(text):
    end_before = 0
    for start, end in find_cpr(text):
        assert end_before <= start < end <= len(text)
        # What the span shows is a personal number by itself.
        assert find_cpr(text[start:end])
        end_before = end

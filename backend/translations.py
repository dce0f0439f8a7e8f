"""The Danish texts of the product: what the code says, what is translated, and what a browser gets."""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode

LANGUAGE = "da"
NOT_OURS = [".venv", "var", "out", "tests", "node_modules", "vendor"]
# The name tells where the message stands in a catalogue: the context, and the English.
Key = tuple[str | None, str]


def po_file(folder: Path | None = None) -> Path:
    """Return the product's own translations."""
    return (folder or settings.BASE_DIR / "backend" / "locale") / LANGUAGE / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    """Read a catalogue; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=LANGUAGE, project="Kernetid", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain="django")


def write(catalog: Catalog, path: Path) -> None:
    """Write a catalogue in one fixed form, so that only changed texts show as changes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True, no_location=True)


def compile_all() -> int:
    """Make the .mo files that Django reads from every .po file of ours; those that are newer stand. Return how many."""
    made = 0
    for folder in settings.LOCALE_PATHS:
        for po in Path(folder).glob("*/LC_MESSAGES/*.po"):
            mo = po.with_suffix(".mo")
            if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
                continue
            partial = mo.with_suffix(".mo.part")
            with partial.open("wb") as file:
                write_mo(file, read(po))
            partial.replace(mo)
            made += 1
    return made


def in_code() -> Catalog:
    """Collect every text that code and templates mark for translation."""
    program = Path(sys.executable).with_name("django-makemessages-rs")
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(program),
            "--locale",
            LANGUAGE,
            "--locale-dir",
            folder,
            "--root",
            str(settings.BASE_DIR),
        ]
        command += ["--detect-aliases", "--no-location", "--force-po"]
        for name in NOT_OURS:
            command += ["--ignore", name]
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 (our own program)
        return with_plurals(read(po_file(Path(folder))))


def with_plurals(catalog: Catalog) -> Catalog:
    """Add the plurals of the templates: the program overlooks those whose block says `trimmed` first."""
    for path in settings.BASE_DIR.rglob("*.html"):
        if set(NOT_OURS) & set(path.relative_to(settings.BASE_DIR).parts):
            continue
        template = engines["django"].engine.from_string(path.read_text())
        for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
            if node.plural:
                forms = [node.render_token_list(tokens)[0] for tokens in (node.singular, node.plural)]
                context = node.message_context and node.message_context.var
                catalog.add(tuple(forms), context=context, flags={"python-format"})
    return catalog


def key(message: Message) -> Key:
    """Return what identifies a message."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def by_key(catalog: Catalog) -> dict[Key, Message]:
    """Return the messages of a catalogue without its header."""
    return {key(message): message for message in catalog if message.id}


def is_translated(message: Message) -> bool:
    """Say whether a message has its Danish text, in every form, and nobody doubts it."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return all(forms) and not message.fuzzy


def shortcomings() -> list[str]:
    """Say what is not as it should be: texts without Danish, and Danish without a text."""
    used, translated = by_key(in_code()), by_key(read(po_file()))
    lacking = [f"not translated: {name[1]!r}" for name in used if name not in translated]
    unsure = [
        f"empty or doubtful: {name[1]!r}"
        for name, message in translated.items()
        if not is_translated(message)
    ]
    unused = [f"no longer used: {name[1]!r}" for name in translated if name not in used]
    return sorted(lacking + unsure + unused)


def extract() -> tuple[int, int]:
    """Bring the catalogue in step with the code, keeping what is translated; return how many came and went."""
    path = po_file()
    catalog = read(path)
    used, known = by_key(in_code()), by_key(catalog)
    for name, message in used.items():
        if name not in known:
            catalog.add(message.id, context=message.context, flags=message.flags - {"fuzzy"})
    gone = [name for name in known if name not in used]
    for context, text in gone:
        catalog.delete(text, context=context)
    write(catalog, path)
    return len(used.keys() - known.keys()), len(gone)

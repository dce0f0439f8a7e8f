from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.core.management import CommandError, call_command

from backend import translations


@pytest.fixture
def tree(tmp_path: Path, settings) -> Path:
    """A small product of its own."""
    (tmp_path / "backend" / "locale").mkdir(parents=True)
    (tmp_path / "backend" / "texts.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext\n"
        'A = _("Case")\nB = ngettext("%(n)d day", "%(n)d days", 2)\n'
    )
    (tmp_path / "page.html").write_text(
        "{% load i18n %}{% translate 'Send' %}"
        "{% blocktranslate trimmed with name=x %}\n  Dear\n  {{ name }}\n{% endblocktranslate %}"
    )
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "backend" / "locale"]
    return tmp_path


def test_texts_are_collected_from_code_and_pages(tree: Path):
    assert translations.extract() == (4, 0)
    assert set(translations.by_key(translations.read(translations.po_file()))) == {
        (None, "Case"),
        (None, "%(n)d day"),
        (None, "Send"),
        (None, "Dear %(name)s"),
    }


def test_a_plural_in_a_trimmed_block_is_collected(tree: Path):
    (tree / "list.html").write_text(
        "{% load i18n %}{% if x %}{% blocktranslate trimmed count counter=x|length %}\n  {{ counter }} case\n"
        "{% plural %}\n  {{ counter }} cases\n{% endblocktranslate %}{% endif %}"
    )
    message = translations.by_key(translations.in_code())[None, "%(counter)s case"]
    assert message.id == ("%(counter)s case", "%(counter)s cases")


def test_what_is_translated_stays_and_what_is_gone_goes(tree: Path):
    translations.extract()
    catalog = translations.read(translations.po_file())
    catalog["Case"].string = "Forslag"
    translations.write(catalog, translations.po_file())
    (tree / "page.html").unlink()
    assert translations.extract() == (0, 2)
    assert translations.read(translations.po_file())["Case"].string == "Forslag"


def test_a_second_run_changes_nothing(tree: Path):
    translations.extract()
    before = translations.po_file().read_bytes()
    translations.extract()
    assert translations.po_file().read_bytes() == before


def test_check_names_what_lacks_danish(tree: Path):
    with pytest.raises(CommandError, match="not translated: 'Case'"):
        call_command("messages", check=True)
    translations.extract()
    with pytest.raises(CommandError, match="empty or doubtful: 'Case'"):
        call_command("messages", check=True)


def test_check_names_what_is_no_longer_used(tree: Path):
    translations.extract()
    catalog = translations.read(translations.po_file())
    catalog.add("Gone", "Væk")
    translations.write(catalog, translations.po_file())
    assert "no longer used: 'Gone'" in translations.shortcomings()


def test_compiled_once_until_it_changes(tree: Path):
    translations.write(Catalog(locale="da"), translations.po_file())
    assert translations.compile_all() == 1
    assert translations.compile_all() == 0

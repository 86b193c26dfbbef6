"""Messages are found in Python and in templates, merged without loss, and missed loudly."""

from pathlib import Path

import polib
import pytest

from custinfo import messages

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
NAME = _("customer")
LONG = _("one part, "
         "another part")
def count(n): return ngettext("%(n)d row", "%(n)d rows", n)
def month(): return pgettext("month name", "May")
"""
TEMPLATE = """
{% load i18n %}
    <p title="{% translate "close" %}">{{ _("inside a variable") }}</p>
{% if x %}
  {% blocktranslate trimmed with who=name %}
    Seen by {{ who }}
    today
  {% endblocktranslate %}
{% endif %}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    directory = tmp_path / "shop"
    (directory / "templates" / "shop").mkdir(parents=True)
    (directory / "words.py").write_text(PYTHON)
    (directory / "templates" / "shop" / "page.html").write_text(TEMPLATE)
    return directory


def held(app: Path) -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for entry in polib.pofile(str(app / messages.LOCALE))}


def translate_all(app: Path) -> None:
    po = polib.pofile(str(app / messages.LOCALE))
    for entry in po:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: "%(n)d 行"}
        else:
            entry.msgstr = "译文 %(who)s" if "%(who)s" in entry.msgid else "译文"
    po.save()
    messages.compile_stale([app])


def test_finds_what_both_languages_say(app: Path) -> None:
    found = messages.found_in(app)
    assert set(found) == {
        (None, "customer"),
        (None, "one part, another part"),
        (None, "%(n)d row"),
        ("month name", "May"),
        (None, "close"),
        (None, "inside a variable"),
        (None, "Seen by %(who)s today"),
    }
    assert found[None, "%(n)d row"].plural == "%(n)d rows"


def test_merges_without_losing_a_translation(app: Path) -> None:
    messages.merge(app)
    translate_all(app)
    (app / "words.py").write_text(PYTHON + '\nNEW = _("new one")\n')
    (app / "templates" / "shop" / "page.html").unlink()
    messages.merge(app)
    assert held(app)["customer"].msgstr == "译文"
    assert held(app)["new one"].msgstr == ""
    assert "close" not in held(app)


def test_calls_translated_and_compiled_messages_complete(app: Path) -> None:
    messages.merge(app)
    translate_all(app)
    assert messages.problems(app) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda po: po.remove(po.find("close")), "not in the file: 'close'"),
        (lambda po: po.append(polib.POEntry(msgid="gone", msgstr="无")), "no longer in the sources: 'gone'"),
        (lambda po: setattr(po.find("close"), "msgstr", ""), "not translated: 'close'"),
        (lambda po: po.find("close").flags.append("fuzzy"), "not translated: 'close'"),
        (lambda po: setattr(po.find("close"), "msgstr", "%(what)s"), "other placeholders than 'close'"),
    ],
)
def test_names_what_is_wrong(app: Path, spoil, said: str) -> None:
    messages.merge(app)
    translate_all(app)
    po = polib.pofile(str(app / messages.LOCALE))
    spoil(po)
    po.save()
    messages.compile_stale([app])
    assert any(said in problem for problem in messages.problems(app))


def test_asks_for_a_fresh_compiled_file(app: Path) -> None:
    messages.merge(app)
    translate_all(app)
    (app / messages.LOCALE).with_suffix(".mo").unlink()
    assert messages.problems(app) == ["shop: not compiled since it changed"]


def test_compiles_only_what_is_stale(app: Path) -> None:
    messages.merge(app)
    translate_all(app)
    assert messages.compile_stale([app]) == 0
    (app / messages.LOCALE).with_suffix(".mo").unlink()
    assert messages.compile_stale([app]) == 1
    compiled = polib.mofile(str((app / messages.LOCALE).with_suffix(".mo")))
    assert {entry.msgid: entry.msgstr for entry in compiled}["customer"] == "译文"

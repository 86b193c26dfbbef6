"""One word for one thing, whichever app says it."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from custinfo.messages import LOCALE

ROOT = Path(__file__).parents[2]
LAZY = {"_", "gettext_lazy", "ngettext_lazy", "pgettext_lazy"}
NOT_OUR_WORDS = {
    "字段": "信息项",
    "账户": "账号",
    "动态码": "验证码",
    "警报": "告警",
    "额度": "查询限额",
    "数据安全官": "数据安全专员",
    "信息目录": "信息项目录",
    "检测器": "检测项",
    "出厂": "预置",
    "签批": "签署",
    "贵公司": "本单位",
    "读取授权": "读取权限",
    "名客户": "位客户",
}
"""A word that crept in beside the glossary's → the glossary's."""


def entries() -> Iterator[tuple[str, polib.POEntry]]:
    for file in sorted(ROOT.glob(f"*/{LOCALE}")):
        for entry in polib.pofile(str(file)):
            yield file.relative_to(ROOT).parts[0], entry


def said(entry: polib.POEntry) -> str:
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def test_a_word_is_translated_alike_by_every_app() -> None:
    """Of two translations the app that is installed first would win, on the other's pages as well."""
    translated: dict[tuple[str | None, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for app, entry in entries():
        translated[entry.msgctxt or None, entry.msgid][said(entry)].append(app)
    several = {key: dict(words) for key, words in translated.items() if len(words) > 1}
    assert len(translated) > 4_000, "the message files are there"
    assert not several


@pytest.mark.parametrize("word", NOT_OUR_WORDS)
def test_the_glossary_has_one_word_for_it(word: str) -> None:
    found = [f"{app}: {said(entry)}" for app, entry in entries() if word in said(entry)]
    assert not found, f"say {NOT_OUR_WORDS[word]}"


def filled_at_import(tree: ast.AST, *, inside: bool = False) -> Iterator[int]:
    """Return the lines on which a translation is filled with values outside any function."""
    for node in ast.iter_child_nodes(tree):
        called = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if not called and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            words = getattr(getattr(node.left, "func", None), "id", "")
            if words in LAZY:
                yield node.lineno
        yield from filled_at_import(node, inside=called)


def test_no_words_are_filled_before_the_reader_is_known() -> None:
    """`_("up to %(n)s MB") % facts` in a class speaks the server's language to everybody."""
    probe = ast.parse('class A:\n    help = _("up to %d") % 3\n    def f(self): return _("up to %d") % 3\n')
    assert list(filled_at_import(probe)) == [2]
    apps = sorted(file.relative_to(ROOT).parts[0] for file in ROOT.glob(f"*/{LOCALE}"))
    found = [
        f"{source.relative_to(ROOT)}:{line}"
        for app in apps
        for source in (ROOT / app).rglob("*.py")
        for line in filled_at_import(ast.parse(source.read_text()))
    ]
    assert not found

"""The clauses: every id once, words in both languages, the reader's language chosen."""

import re

from django.utils import translation

from access import clauses


def test_knows_every_clause_of_the_five_documents():
    known = clauses.every_clause()
    assert len(known) == 211
    assert all(re.fullmatch(r"S[0-4]-\d+", id) for id in known)
    assert all(clause.zh and clause.en for clause in known.values())


def test_speaks_the_readers_language():
    with translation.override("zh-hans"):
        assert "客服仅可访问" in clauses.words("S0-28")
    with translation.override("en"):
        assert clauses.words("S0-28").startswith("agents read only")


def test_has_no_words_for_an_unknown_clause():
    assert clauses.words("S9-1") == ""

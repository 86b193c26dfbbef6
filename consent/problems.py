"""Why an answer, a link or a piece of evidence is refused: a code, whose words are made at display."""

from __future__ import annotations


class ConsentRefused(ValueError):
    """Nothing was recorded. `code` and `params` say why (`consent.words.refusal_words`)."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

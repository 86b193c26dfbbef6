"""Browsers by name."""

import pytest

from desk.agents import browser_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/126.0 Safari/537.36", "Chrome · Linux"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64) {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge · Windows",
        ),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/17 Safari/605", "Safari · macOS"),
        (
            f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/120 Mobile MicroMessenger/8.0",
            "WeChat · Android",
        ),
        ("curl/8.5", "curl/8.5"),
        ("", ""),
    ],
)
def test_names_browser_and_system(said: str, name: str) -> None:
    assert browser_of(said) == name


def test_a_text_that_names_neither_is_cut() -> None:
    assert len(browser_of("x" * 500)) == 40

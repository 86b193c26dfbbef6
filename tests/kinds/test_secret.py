"""What is never held."""

import pytest

from kinds.base import Invalid
from kinds.registry import get


@pytest.mark.parametrize("text", ["123456", "hunter2", "密"])
def test_refuses_every_value(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        get("secret").clean(text)
    assert refused.value.code == "never_held"

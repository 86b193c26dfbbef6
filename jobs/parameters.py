"""What a job row may hold: ids, numbers and short codes, never a value of a customer (law 10)."""

import re
from collections.abc import Mapping

_CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,128}")


class NotPlain(ValueError):
    """Something else than ids, numbers and codes was to be written into a job."""


def plain(given: Mapping[str, object]) -> dict[str, object]:
    """Return the mapping as it may be stored.

    :raises NotPlain: naming the key, never the content.
    """
    for key, content in given.items():
        if not _is_plain(content):
            raise NotPlain(f"{key} is not an id, a number or a code.")
    return dict(given)


def _is_plain(content: object) -> bool:
    if content is None or isinstance(content, bool | int | float):
        return True
    if isinstance(content, str):
        return _CODE.fullmatch(content) is not None
    if isinstance(content, list | tuple):
        return all(_is_plain(item) for item in content)
    if isinstance(content, Mapping):
        return all(isinstance(key, str) and _is_plain([key, item]) for key, item in content.items())
    return False

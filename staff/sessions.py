"""Sessions in the database with a sealed payload: whoever reads the table reads nothing.

The payload is sealed under the login key, bound to its session key: a payload copied to another row does not open.
"""

import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from trail.questions import Question, ask
from vault.opening import CannotOpen, open_login
from vault.sealing import seal_login

# Every request asks this, so it is written out.
_PAYLOAD = (
    "select session_data from django_session where session_key = %(key)s and expire_date > clock_timestamp()"
)


class SessionStore(DatabaseStore):
    """Django's database sessions, sealed."""

    def _about(self) -> str:
        return f"session:{self.session_key}"

    def load(self) -> dict[str, Any]:
        """Return what the session holds; one that is over or never was holds nothing and loses its key."""
        found = ask(Question(_PAYLOAD, {"key": self.session_key}, list))
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0][0])

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal the payload."""
        return seal_login(json.dumps(session_dict, separators=(",", ":")), about=self._about())

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Open the payload; what does not open is an empty session."""
        try:
            opened = json.loads(open_login(str(session_data), about=self._about()))
        except (CannotOpen, ValueError):
            return {}
        return opened if isinstance(opened, dict) else {}

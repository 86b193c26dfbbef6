"""Sessions in the database with a sealed payload: whoever reads the table reads nothing.

The payload is sealed under the login key, bound to its session key: a payload copied to another row does not open.
"""

import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from vault.opening import CannotOpen, open_login
from vault.sealing import seal_login


class SessionStore(DatabaseStore):
    """Django's database sessions, sealed."""

    def _about(self) -> str:
        return f"session:{self.session_key}"

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

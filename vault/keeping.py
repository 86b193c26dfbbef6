"""Who keeps a master key, as the settings say: that of the main site, or that of the host of L4."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Keeping:
    """The settings of one master key; they differ by what stands before their names."""

    prefix: str

    def name(self, setting: str) -> str:
        """Return what a setting is called, for instance RESTRICTED_KEK_FILE."""
        return f"{self.prefix}{setting}"

    def get(self, setting: str) -> Any:
        """Return a setting.

        :raises AttributeError: the provider that is chosen has no such setting.
        """
        return getattr(settings, self.name(setting))


MAIN, APART = Keeping(""), Keeping("RESTRICTED_")


def here() -> Keeping:
    """Return the settings of the master key that belongs to this process's host."""
    return APART if settings.RESTRICTED else MAIN

"""Why no key answers at the moment. None of these is about a value: once the keys are back, the same act works.

They are no `CannotOpen`: who meets a value that does not open may pass over it, but nobody may take a sealed site
for values that are lost.
"""


class KeysAway(Exception):
    """No key can be used now. Nothing was opened, nothing was lost; try again when the keys are back."""


class Sealed(KeysAway):
    """The site is sealed: so many shares of the key are in, so many are needed (0 of 0: not by shares)."""

    def __init__(self, brought: int = 0, needed: int = 0) -> None:
        super().__init__(
            f"the site is sealed: {brought} of {needed} shares are in" if needed else "the site is sealed"
        )
        self.brought = brought
        self.needed = needed

    def __reduce__(self) -> tuple[type["Sealed"], tuple[int, int]]:
        return type(self), (self.brought, self.needed)


class ProviderLost(KeysAway):
    """Whoever keeps the key does not answer: the keyholder is not running, the device is not plugged in."""


class OlderKey(KeysAway):
    """What is served is older than the keyring: data keys lie under a version that it does not have."""

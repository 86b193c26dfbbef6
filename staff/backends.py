"""Who a session belongs to: the person together with what decides whether they may act, in one query."""

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from staff.models import Person
from staff.queries import standing


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, but the person of a request comes with their standing at the database's time."""

    def get_user(self, user_id: UUID) -> Person | None:
        """Return the person of a session while the account exists; `person.standing` says what they are now."""
        found = standing(user_id)
        if found is None or not self.user_can_authenticate(found.person):
            return None
        found.person.standing = found
        return found.person

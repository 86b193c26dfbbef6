"""May this actor do that at all? One table in `custinfo/permissions.py` answers; objects are decided elsewhere."""

from collections.abc import Collection

from django.conf import settings

from trail.actor import Actor


def may(actor: Actor, permission: str) -> bool:
    """Return whether one of the actor's roles carries `permission`."""
    return carry(actor.roles, permission)


def carry(roles: Collection[str], permission: str) -> bool:
    """Return whether one of these roles carries `permission`."""
    return any(permission in settings.ROLE_PERMISSIONS.get(role, frozenset()) for role in roles)


def roles_with(permission: str) -> list[str]:
    """Return the roles that carry `permission`, for pages that say who can."""
    return [role for role, permissions in settings.ROLE_PERMISSIONS.items() if permission in permissions]

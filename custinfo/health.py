"""Is this process able to work? Asked by a load balancer: no session, no facts beyond yes or no per part."""

from django.core.cache import cache
from django.db import Error, connections
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError


def health(request: HttpRequest) -> JsonResponse:
    """Ask each database and Redis for a sign of life; 503 when one gives none."""
    parts = {alias: database_lives(alias) for alias in connections} | {"redis": redis_lives()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def database_lives(alias: str) -> bool:
    """Tell whether a database answers."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("select 1")
            return bool(cursor.fetchone() == (1,))
    except Error:
        return False


def redis_lives() -> bool:
    """Tell whether Redis answers."""
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True

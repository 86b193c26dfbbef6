"""The key register: versions, ages and counts of keys. No key and no subject is on it (S0-23)."""

from django.http import HttpResponse
from django.shortcuts import render

from desk.permission import DeskRequest, allowed
from vault.queries import key_register


@allowed("keys.read", methods=["GET"])
def keys(request: DeskRequest) -> HttpResponse:
    """Show the register as it stands."""
    return render(request, "desk/keys/keys.html", {"register": key_register(request.at)})

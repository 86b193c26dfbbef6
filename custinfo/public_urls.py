"""Addresses of the public process: the pages that customers open, and nothing else of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from custinfo.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    *i18n_patterns(path("", include("desk.public.urls"))),
]

handler400 = "desk.public.views.errors.bad_request"
handler403 = "desk.public.views.errors.forbidden"
handler404 = "desk.public.views.errors.not_found"
handler500 = "desk.public.views.errors.server_error"

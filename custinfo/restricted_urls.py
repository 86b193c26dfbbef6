"""Addresses of the restricted process: the pages of L4, and nothing else of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from custinfo.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    *i18n_patterns(path("", include("desk.restricted.urls"))),
]

handler400 = "desk.restricted.views.errors.bad_request"
handler403 = "desk.restricted.views.errors.forbidden"
handler404 = "desk.restricted.views.errors.not_found"
handler500 = "desk.restricted.views.errors.server_error"

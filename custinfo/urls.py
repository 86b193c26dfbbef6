"""Addresses of the main site: the workbench, the login pages that are kept, the back office.

Of allauth only what this house allows is routed (`staff.urls`): nobody signs up, resets a password by mail,
changes an address or gives up a second factor by themselves.
"""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from custinfo.health import health

# SECURITY: the back office has no login of its own; it stands behind ours, second factor included.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("desk.urls")),
    path("account/", include("staff.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("health/", health, name="health"),
]

handler400 = "desk.views.errors.bad_request"
handler403 = "desk.views.errors.forbidden"
handler404 = "desk.views.errors.not_found"
handler500 = "desk.views.errors.server_error"

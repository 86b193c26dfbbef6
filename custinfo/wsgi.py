"""WSGI entry for the web process and, with CUSTINFO_PROCESS=public, for the pages that customers open."""

import os

from django.core.wsgi import get_wsgi_application

from custinfo.start import refuse_unless_fit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custinfo.settings")

application = get_wsgi_application()
refuse_unless_fit(web=True)

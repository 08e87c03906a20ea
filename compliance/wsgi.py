"""What a web server runs. It refuses to start on what ``compliance.checks`` refuses."""

import os

from django.core.checks import ERROR, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

application = get_wsgi_application()

if faults := [message for message in run_checks() if message.level >= ERROR]:
    raise ImproperlyConfigured("\n".join(str(fault) for fault in faults))

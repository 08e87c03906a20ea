"""Takes off the admin what is nobody's to read or edit there: factors and tokens.

Loaded after allauth's own registrations (the order in ``INSTALLED_APPS``).
"""

from allauth.account import admin as _account_admin  # noqa: F401 - registers first
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _mfa_admin  # noqa: F401 - registers first
from allauth.mfa.models import Authenticator
from allauth.socialaccount import admin as _social_admin  # noqa: F401 - registers first
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions import admin as _sessions_admin  # noqa: F401 - registers first
from allauth.usersessions.models import UserSession
from django.contrib import admin

for model in (
    Authenticator,
    EmailAddress,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

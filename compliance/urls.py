"""The few addresses: the admin site, and before it the pages that let people in.

Of allauth's pages only those are here that the site uses: no sign-up, no change of
address, no reset by mail. An administrator sets a new password.
"""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path

accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("sso/", include("allauth.socialaccount.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]

urlpatterns = [
    path("accounts/", include(accounts)),
    path("language/", include("django.conf.urls.i18n")),
    path("", admin.site.urls),
]

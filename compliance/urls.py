"""The few addresses: everything a person sees is the admin site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("language/", include("django.conf.urls.i18n")),
    path("", admin.site.urls),
]

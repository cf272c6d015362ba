"""The API alone, as the site mounts it."""

from django.urls import path

from gridloop.api.v1 import api

urlpatterns = [path("api/v1/", api.urls)]

from django.urls import include, path

from shop.health import health
from shop.views import version

urlpatterns = [
    path("api/v1/health/", health),
    path("api/v1/version/", version),
    path("api/v1/", include("catalog.urls")),
]

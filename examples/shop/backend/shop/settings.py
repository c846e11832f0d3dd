import os
import re
from pathlib import Path

from shop.environment import DATABASE_URL_FORM, database, required

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = required("DJANGO_SECRET_KEY", "a long random text")
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "*").split(",")]
DEBUG = False

# The role the application connects as. Migrations, run by the owner, grant to it.
APP_DATABASE_ROLE = os.environ.get("SHOP_APP_ROLE", "shop_app")
if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", APP_DATABASE_ROLE):
    raise SystemExit("shop: SHOP_APP_ROLE is not a plain role name: expected lower-case letters, digits and _")

DATABASES = {
    "default": {
        **database(required("DATABASE_URL", DATABASE_URL_FORM)),
        # The tenant of a request is set for its transaction only, so it ends with it and connections can be kept.
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 60,
        "TEST": {"NAME": os.environ.get("TEST_DATABASE", "test_shop")},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# rest_framework is used as a library: without its app there is no browsable API, and none of its static files.
INSTALLED_APPS = ["django.contrib.staticfiles", "tenants", "catalog"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tenants.authentication.HasTenant"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

STATIC_URL = "/static/"
STATIC_ROOT = "/srv/static"

USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # The router logs requests; a client's mistake is no event here.
    "loggers": {"django.request": {"level": "ERROR"}},
}

"""What the process is told by its environment. A value that is missing or wrong ends the start with one clear line."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

DATABASE_URL_FORM = "postgres://user:password@host:port/database"


def required(name, expected):
    value = os.environ.get(name, "")
    if not value:
        raise SystemExit(f"shop: {name} is not set: expected {expected}")
    return value


def database(url):
    """The Django settings for a PostgreSQL URL; what follows a question mark (sslmode=...) goes to libpq."""
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("postgres", "postgresql") or not parts.hostname or len(parts.path) < 2:
        # The value may hold a password, so it is not repeated here.
        raise SystemExit(f"shop: DATABASE_URL is not of the form {DATABASE_URL_FORM}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": parts.hostname,
        "PORT": str(port),
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": {"connect_timeout": 2, **dict(parse_qsl(parts.query))},
    }

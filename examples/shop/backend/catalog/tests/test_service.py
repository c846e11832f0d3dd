"""What the router and drover ask of the service: health, version, a clear refusal to start."""

import os
import subprocess
import sys
from unittest import mock

from django.conf import settings
from django.db import connection
from django.test import SimpleTestCase, TransactionTestCase

from shop.environment import database
from shop.version import VERSION


class HealthTest(TransactionTestCase):
    def test_reachable_database_is_healthy(self):
        answer = self.client.get("/api/v1/health/")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json(), {"status": "ok", "version": VERSION, "database": "ok"})

    def test_unreachable_database_is_not(self):
        connection.close()
        self.addCleanup(connection.close)
        with mock.patch.dict(connection.settings_dict, PORT="1"), self.assertLogs("shop.health", "ERROR"):
            answer = self.client.get("/api/v1/health/")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.json(), {"status": "failing", "version": VERSION, "database": "failing"})

    def test_version_needs_no_token(self):
        self.assertEqual(self.client.get("/api/v1/version/").json(), {"version": VERSION})


class EnvironmentTest(SimpleTestCase):
    def start(self, **changes):
        environment = {**os.environ, "DJANGO_SECRET_KEY": "x", "DATABASE_URL": "postgres://u@h/d", **changes}
        return subprocess.run(
            [sys.executable, "-c", "import shop.settings"],
            cwd=settings.BASE_DIR,
            env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )

    def test_wrong_environment_ends_the_start(self):
        self.assertEqual(self.start().returncode, 0)
        for name, value, says in [
            ("DATABASE_URL", "", "shop: DATABASE_URL is not set"),
            ("DATABASE_URL", "mysql://u:secret@h/d", "shop: DATABASE_URL is not of the form"),
            ("DATABASE_URL", "postgres://u:secret@h:port/d", "shop: DATABASE_URL is not of the form"),
            ("DATABASE_URL", "postgres://u:secret@h/", "shop: DATABASE_URL is not of the form"),
            ("DJANGO_SECRET_KEY", "", "shop: DJANGO_SECRET_KEY is not set"),
            ("SHOP_APP_ROLE", 'x"; DROP', "shop: SHOP_APP_ROLE is not a plain role name"),
        ]:
            with self.subTest(name=name, value=value):
                run = self.start(**{name: value})
                self.assertEqual(run.returncode, 1)
                self.assertTrue(run.stderr.startswith(says), run.stderr)
                self.assertEqual(len(run.stderr.splitlines()), 1)
                self.assertNotIn("secret@", run.stderr)

    def test_database_url(self):
        parsed = database("postgresql://us%40er:p%2Fw@db.example/shop?sslmode=require")
        self.assertEqual(
            [parsed[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")],
            ["us@er", "p/w", "db.example", "5432", "shop"],
        )
        self.assertEqual(parsed["OPTIONS"]["sslmode"], "require")

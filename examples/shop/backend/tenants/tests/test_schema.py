from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import TestCase, TransactionTestCase

from tenants.current import act_for
from tenants.tests.support import query


class SchemaTest(TestCase):
    def test_every_table_of_a_tenant_is_isolated(self):
        """A table that a later migration adds and forgets to isolate is found here."""
        tables = {
            name: (enabled, forced, policies)
            for name, enabled, forced, policies in query(
                "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
                " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant')"
                " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                " WHERE c.relkind = 'r' AND (a.attname = 'tenant_id' OR c.relname = 'tenants_tenant' AND a.attnum = 1)"
            )
        }
        self.assertLessEqual(
            {"tenants_tenant", "tenants_apikey", "catalog_product", "catalog_order", "catalog_orderline"}, set(tables)
        )
        for name, isolation in tables.items():
            with self.subTest(table=name):
                self.assertEqual(isolation, (True, True, 1))

    def test_application_role_is_bound_by_policies(self):
        role = settings.APP_DATABASE_ROLE
        self.assertEqual(
            query("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", role),
            [(False, False, False)],
        )
        self.assertEqual(
            query("SELECT relname FROM pg_class JOIN pg_roles r ON relowner = r.oid WHERE rolname = %s", role), []
        )

    def test_models_and_migrations_agree(self):
        call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())

    def test_a_tenant_needs_a_transaction(self):
        with self.assertRaises(RuntimeError):
            connection.in_atomic_block, before = False, connection.in_atomic_block
            try:
                act_for(None)
            finally:
                connection.in_atomic_block = before


class MigrateTest(TransactionTestCase):
    def test_migrating_again_does_nothing(self):
        executor = MigrationExecutor(connection)
        self.assertEqual(executor.migration_plan(executor.loader.graph.leaf_nodes()), [])
        out = StringIO()
        call_command("migrate", interactive=False, fake_initial=True, stdout=out)
        self.assertIn("No migrations to apply", out.getvalue())

"""Migration operations that bind a table to one tenant a transaction, by row-level security."""

from django.conf import settings
from django.db.migrations import RunSQL

# '' is what a transaction-local setting leaves behind on its connection, and is no tenant either.
CURRENT_TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"


def isolate(table, column="tenant_id", grant="SELECT, INSERT, UPDATE, DELETE"):
    """Rows of `table` exist only for the tenant in `column`, for the owner too (FORCE).

    `grant` is what the application's role may do; empty for nothing.
    """
    role = settings.APP_DATABASE_ROLE
    return RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"DROP POLICY IF EXISTS tenant ON {table}",
            f"CREATE POLICY tenant ON {table} "
            f"USING ({column} = {CURRENT_TENANT}) WITH CHECK ({column} = {CURRENT_TENANT})",
            *([f'GRANT {grant} ON {table} TO "{role}"'] if grant else []),
        ],
        reverse_sql=[
            f'REVOKE ALL ON {table} FROM "{role}"',
            f"DROP POLICY IF EXISTS tenant ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def same_tenant(table, column, target):
    """A foreign key that includes the tenant. PostgreSQL checks foreign keys without regard to row-level security, so
    a plain one would accept, and thereby reveal, the rows of other tenants."""
    name = f"{table}_{column}_same_tenant"
    return RunSQL(
        sql=f"ALTER TABLE {table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY (tenant_id, {column}) REFERENCES {target} (tenant_id, id)",
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )

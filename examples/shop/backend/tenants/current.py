"""The tenant that the database shows and accepts rows of.

PostgreSQL keeps it in `app.tenant_id`, for the transaction only: when that ends, so does the tenant, and a connection
that is used again starts with none.
"""

from contextlib import contextmanager

from django.db import connection, transaction


def act_for(tenant_id):
    """From here to the end of the transaction, act for one tenant, or with None for no one."""
    if not connection.in_atomic_block:
        raise RuntimeError("a tenant can only be set inside a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id or "")])


@contextmanager
def acting_for(tenant_id):
    """A transaction that acts for one tenant."""
    with transaction.atomic():
        act_for(tenant_id)
        yield

"""Tests connect as the owner of the tables, and step into the application's role to see what it may do."""

from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from tenants.current import acting_for
from tenants.models import ApiKey, Tenant


def set_role(role):
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"' if role else "RESET ROLE")


@contextmanager
def application_role():
    set_role(settings.APP_DATABASE_ROLE)
    try:
        yield
    finally:
        set_role(None)


def make_tenant(name):
    """A tenant whose token is its name."""
    tenant = Tenant(name=name)
    with acting_for(tenant.id):
        tenant.save(force_insert=True)
        ApiKey.objects.create(tenant=tenant, name="test", token_hash=ApiKey.digest(name))
    return tenant


def bearer(token):
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def query(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else cursor.rowcount

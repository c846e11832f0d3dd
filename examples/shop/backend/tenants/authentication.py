"""`Authorization: Bearer TOKEN` says who is asking; the database is then told to act for that tenant."""

from django.db import connection
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission

from tenants.current import act_for
from tenants.models import ApiKey, Tenant


def tenant_of_token(token):
    """The tenant's id, or None. The application's role may not read the table of keys, only ask this function."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_of_token(%s)", [ApiKey.digest(token)])
        return cursor.fetchone()[0]


class ApiKeyAuthentication(BaseAuthentication):
    def authenticate(self, request):
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        tenant_id = tenant_of_token(token.strip())
        if tenant_id is None:
            raise AuthenticationFailed("unknown token")
        act_for(tenant_id)
        return Tenant.objects.get(), None

    def authenticate_header(self, request):
        return "Bearer"


class HasTenant(BasePermission):
    def has_permission(self, request, view):
        return isinstance(request.user, Tenant)

from django.conf import settings
from django.test import TransactionTestCase

from tenants.tests.support import bearer, make_tenant, query, set_role


class AuthenticationTest(TransactionTestCase):
    """Real transactions: what a request leaves on its connection is what the next one finds."""

    def setUp(self):
        self.tenant = make_tenant("ours")
        set_role(settings.APP_DATABASE_ROLE)
        self.addCleanup(set_role, None)

    def status(self, **headers):
        return self.client.get("/api/v1/products/", **headers).status_code

    def test_token_decides(self):
        for name, headers, status in [
            ("known token", bearer("ours"), 200),
            ("unknown token", bearer("our"), 401),
            ("empty token", bearer(""), 401),
            ("other scheme", {"HTTP_AUTHORIZATION": "Basic b3Vycw=="}, 401),
            ("no header", {}, 401),
        ]:
            with self.subTest(name):
                self.assertEqual(self.status(**headers), status)

    def test_refusal_names_the_scheme(self):
        self.assertEqual(self.client.get("/api/v1/products/")["WWW-Authenticate"], "Bearer")

    def test_tenant_ends_with_the_request(self):
        [(session,)] = query("SELECT pg_backend_pid()")
        self.assertEqual(self.status(**bearer("ours")), 200)
        self.assertEqual(query("SELECT pg_backend_pid()"), [(session,)], "this test needs a kept connection")
        self.assertEqual(query("SELECT current_setting('app.tenant_id', true)"), [("",)])
        self.assertEqual(query("SELECT * FROM tenants_tenant"), [])
        self.assertEqual(self.status(), 401)

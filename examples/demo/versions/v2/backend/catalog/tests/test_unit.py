import uuid

from django.conf import settings
from django.test import TransactionTestCase

from tenants.current import acting_for
from tenants.tests.support import bearer, make_tenant, query, set_role


class UnitTest(TransactionTestCase):
    def setUp(self):
        self.tenant = make_tenant("ours")
        set_role(settings.APP_DATABASE_ROLE)
        self.addCleanup(set_role, None)

    def test_unit_is_kept_and_shown(self):
        body = {"sku": "A", "name": "a", "price": "1", "unit": "kg"}
        answer = self.client.post("/api/v1/products/", body, "application/json", **bearer("ours"))
        self.assertEqual(answer.status_code, 201, answer.content)
        [product] = self.client.get("/api/v1/products/", **bearer("ours")).json()["results"]
        self.assertEqual(product["unit"], "kg")

    def test_release_before_can_still_insert(self):
        """The statement of the release before, which names no unit."""
        with acting_for(self.tenant.id):
            query(
                "INSERT INTO catalog_product (id, tenant_id, sku, name, price, stock) VALUES (%s, %s, 'A', 'a', 1, 0)",
                uuid.uuid4(),
                self.tenant.id,
            )
        [product] = self.client.get("/api/v1/products/", **bearer("ours")).json()["results"]
        self.assertEqual(product["unit"], "piece")

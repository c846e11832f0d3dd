from decimal import Decimal

from django.conf import settings
from django.test import TransactionTestCase
from rest_framework.test import APIClient

from catalog.models import Product
from tenants.current import acting_for
from tenants.tests.support import bearer, make_tenant, set_role


class ApiTest(TransactionTestCase):
    """The API as production runs it: as the application's role, every request in a transaction of its own."""

    client_class = APIClient

    def setUp(self):
        self.products = {}
        for name in ("ours", "theirs"):
            tenant = make_tenant(name)
            with acting_for(tenant.id):
                self.products[name] = Product.objects.create(tenant=tenant, sku="A", name=name, price="2.50", stock=3)
        self.tenant = tenant
        set_role(settings.APP_DATABASE_ROLE)
        self.addCleanup(set_role, None)

    def get(self, path, token="ours"):
        return self.client.get(f"/api/v1/{path}", **bearer(token))

    def post(self, path, body, token="ours"):
        return self.client.post(f"/api/v1/{path}", body, **bearer(token))

    def order(self, product, quantity):
        lines = [{"product": str(self.products[product].id), "quantity": quantity}]
        return self.post("orders/", {"customer": "Ada", "lines": lines})

    def stock(self):
        return self.get(f"products/{self.products['ours'].id}/").json()["stock"]

    def test_products_of_the_token_only(self):
        for token in self.products:
            [product] = self.get("products/", token).json()["results"]
            self.assertEqual((product["name"], product["price"], product["stock"]), (token, "2.50", 3))

    def test_product_of_another_tenant_is_not_found(self):
        path = f"/api/v1/products/{self.products['theirs'].id}/"
        self.assertEqual(self.client.get(path, **bearer("ours")).status_code, 404)
        self.assertEqual(self.client.patch(path, {"price": "0"}, **bearer("ours")).status_code, 404)
        self.assertEqual(self.client.delete(path, **bearer("ours")).status_code, 404)
        self.assertEqual(self.client.get(path, **bearer("theirs")).json()["price"], "2.50")

    def test_product_is_created_for_the_token(self):
        answer = self.post("products/", {"sku": "B", "name": "b", "price": "1.00", "tenant": str(self.tenant.id)})
        self.assertEqual(answer.status_code, 201, answer.content)
        self.assertEqual(self.get("products/").json()["count"], 2)
        self.assertEqual(self.get("products/", "theirs").json()["count"], 1)

    def test_wrong_products_are_refused(self):
        for name, body in [
            ("sku taken", {"sku": "A", "name": "x", "price": "1"}),
            ("negative price", {"sku": "B", "name": "x", "price": "-1"}),
            ("no name", {"sku": "B", "price": "1"}),
        ]:
            with self.subTest(name):
                self.assertEqual(self.post("products/", body).status_code, 400)

    def test_order_takes_stock_and_fixes_the_price(self):
        answer = self.order("ours", 2)
        self.assertEqual(answer.status_code, 201, answer.content)
        self.assertEqual(Decimal(answer.json()["total"]), Decimal("5.00"))
        self.assertEqual(self.stock(), 1)
        self.assertEqual(self.get("orders/").json()["results"][0]["lines"][0]["unit_price"], "2.50")
        self.assertEqual(self.get("orders/", "theirs").json()["count"], 0)

    def test_order_beyond_the_stock_changes_nothing(self):
        self.assertEqual(self.order("ours", 4).status_code, 400)
        self.assertEqual(self.stock(), 3)
        self.assertEqual(self.get("orders/").json()["count"], 0)

    def test_wrong_orders_are_refused(self):
        self.assertEqual(self.order("theirs", 1).status_code, 400)
        self.assertEqual(self.order("ours", 0).status_code, 400)
        self.assertEqual(self.post("orders/", {"customer": "Ada", "lines": []}).status_code, 400)

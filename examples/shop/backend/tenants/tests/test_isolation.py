import uuid

from django.db import IntegrityError, ProgrammingError, transaction
from django.test import TestCase

from catalog.models import Order, Product
from tenants.current import act_for, acting_for
from tenants.models import Tenant
from tenants.tests.support import application_role, make_tenant, query


class IsolationTest(TestCase):
    """One tenant can neither read nor write the rows of another, whatever the statement."""

    @classmethod
    def setUpTestData(cls):
        cls.tenants, cls.products, cls.orders = [], [], []
        for name in ("ours", "theirs"):
            tenant = make_tenant(name)
            with acting_for(tenant.id):
                cls.tenants.append(tenant)
                cls.products.append(Product.objects.create(tenant=tenant, sku="A", name=f"a of {name}", price=1))
                cls.orders.append(Order.objects.create(tenant=tenant, customer="c"))
        cls.ours, cls.theirs = cls.tenants

    def setUp(self):
        role = application_role()
        role.__enter__()
        self.addCleanup(role.__exit__, None, None, None)
        act_for(self.ours.id)

    def names_of(self, tenant):
        act_for(tenant and tenant.id)
        return [name for (name,) in query("SELECT name FROM catalog_product")]

    def refused(self, sql, *parameters, error=ProgrammingError):
        with self.assertRaises(error), transaction.atomic():
            query(sql, *parameters)

    def test_orm_reads_own_rows_only(self):
        self.assertEqual([product.name for product in Product.objects.all()], ["a of ours"])
        self.assertEqual(list(Tenant.objects.all()), [self.ours])
        self.assertFalse(Product.objects.filter(pk=self.products[1].pk).exists())

    def test_orm_cannot_write_for_another_tenant(self):
        with self.assertRaises(ProgrammingError), transaction.atomic():
            Product.objects.create(tenant=self.theirs, sku="B", name="b", price=1)
        with self.assertRaises(ProgrammingError), transaction.atomic():
            Product.objects.filter(sku="A").update(tenant=self.theirs)
        self.assertEqual(Product.objects.filter(tenant=self.theirs).update(name="taken"), 0)
        self.assertEqual(Product.objects.filter(tenant=self.theirs).delete()[0], 0)
        self.assertEqual(self.names_of(self.theirs), ["a of theirs"])

    def test_sql_reads_own_rows_only(self):
        self.assertEqual(self.names_of(self.ours), ["a of ours"])
        self.assertEqual(self.names_of(self.theirs), ["a of theirs"])
        act_for(self.ours.id)
        self.assertEqual(query("SELECT 1 FROM catalog_product WHERE tenant_id = %s", self.theirs.id), [])

    def test_sql_cannot_write_for_another_tenant(self):
        self.refused(
            "INSERT INTO catalog_product (id, tenant_id, sku, name, price, stock) VALUES (%s, %s, 'B', 'b', 1, 0)",
            uuid.uuid4(),
            self.theirs.id,
        )
        self.refused("UPDATE catalog_product SET tenant_id = %s", self.theirs.id)
        self.assertEqual(query("UPDATE catalog_product SET name = 'x' WHERE tenant_id = %s", self.theirs.id), 0)
        self.assertEqual(query("DELETE FROM catalog_product WHERE tenant_id = %s", self.theirs.id), 0)
        self.assertEqual(self.names_of(self.theirs), ["a of theirs"])

    def test_foreign_keys_stay_within_the_tenant(self):
        self.refused(
            "INSERT INTO catalog_orderline (id, tenant_id, order_id, product_id, quantity, unit_price)"
            " VALUES (%s, %s, %s, %s, 1, 1)",
            uuid.uuid4(),
            self.ours.id,
            self.orders[0].id,
            self.products[1].id,
            error=IntegrityError,
        )

    def test_without_a_tenant_there_are_no_rows(self):
        self.assertEqual(self.names_of(None), [])
        self.assertEqual(Tenant.objects.count(), 0)
        self.refused("INSERT INTO catalog_order VALUES (%s, 'c', now(), %s)", uuid.uuid4(), self.ours.id)

    def test_keys_are_not_readable(self):
        self.refused("SELECT token_hash FROM tenants_apikey")
        self.refused("INSERT INTO tenants_tenant VALUES (%s, 'new')", uuid.uuid4())

    def test_isolation_cannot_be_switched_off(self):
        self.refused("ALTER TABLE catalog_product DISABLE ROW LEVEL SECURITY")
        self.refused("DROP POLICY tenant ON catalog_product")
        self.refused("TRUNCATE catalog_product")
        self.refused("SET LOCAL row_security = off; SELECT 1 FROM catalog_product")

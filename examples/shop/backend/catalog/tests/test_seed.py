from io import StringIO

from django.core.management import call_command
from django.test import TestCase

from catalog.management.commands.seed import DEMO
from catalog.models import Product
from tenants.current import acting_for
from tenants.models import ApiKey, Tenant


class SeedTest(TestCase):
    def content(self):
        found = []
        for shop in DEMO:
            with acting_for(shop["id"]):
                found += [*Tenant.objects.values(), *ApiKey.objects.values(), *Product.objects.values()]
        return found

    def test_seeding_again_changes_nothing(self):
        call_command("seed", stdout=StringIO())
        first = self.content()
        self.assertEqual(len(first), sum(2 + len(shop["products"]) for shop in DEMO))
        call_command("seed", stdout=StringIO())
        self.assertEqual(self.content(), first)
        self.assertNotIn(DEMO[0]["token"], str(first))

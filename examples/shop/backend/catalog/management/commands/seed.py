from uuid import UUID

from django.core.management.base import BaseCommand

from catalog.models import Product
from tenants.current import acting_for
from tenants.models import ApiKey, Tenant

# For demonstration only: anyone who reads this file holds these tokens.
DEMO = [
    {
        "id": UUID("00000000-0000-4000-8000-000000000001"),
        "name": "Northside Bakery",
        "token": "demo-bakery",
        "products": [
            {"sku": "BREAD-RYE", "name": "Rye bread", "price": "4.20", "stock": 40},
            {"sku": "BUN-CINNAMON", "name": "Cinnamon bun", "price": "2.80", "stock": 120},
            {"sku": "FLOUR-SPELT", "name": "Spelt flour", "price": "3.10", "stock": 60},
        ],
    },
    {
        "id": UUID("00000000-0000-4000-8000-000000000002"),
        "name": "Harbour Bikes",
        "token": "demo-bikes",
        "products": [
            {"sku": "BELL-BRASS", "name": "Brass bell", "price": "14.00", "stock": 35},
            {"sku": "LIGHT-FRONT", "name": "Front light", "price": "32.50", "stock": 18},
            {"sku": "TUBE-28", "name": "Inner tube 28″", "price": "7.90", "stock": 200},
        ],
    },
]


class Command(BaseCommand):
    help = "Brings the two demonstration tenants to their known state. Run it as the owner of the tables."

    def handle(self, *args, **options):
        for shop in DEMO:
            with acting_for(shop["id"]):
                tenant, _ = Tenant.objects.update_or_create(id=shop["id"], defaults={"name": shop["name"]})
                ApiKey.objects.update_or_create(
                    tenant=tenant, name="demo", defaults={"token_hash": ApiKey.digest(shop["token"])}
                )
                for product in shop["products"]:
                    values = {key: value for key, value in product.items() if key != "sku"}
                    Product.objects.update_or_create(tenant=tenant, sku=product["sku"], defaults=values)
            self.stdout.write(f"{shop['name']}: {len(shop['products'])} products, token {shop['token']}")

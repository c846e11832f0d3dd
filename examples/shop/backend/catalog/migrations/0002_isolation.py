from django.db import migrations

from tenants.isolation import isolate, same_tenant


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("tenants", "0002_isolation")]

    operations = [
        isolate("catalog_product"),
        isolate("catalog_order"),
        isolate("catalog_orderline"),
        same_tenant("catalog_orderline", "order_id", "catalog_order"),
        same_tenant("catalog_orderline", "product_id", "catalog_product"),
    ]

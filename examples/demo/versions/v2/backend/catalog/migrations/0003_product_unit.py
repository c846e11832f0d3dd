from django.db import migrations, models


class Migration(migrations.Migration):
    """The default stays in the database, so the release before, which knows no unit, can still insert products."""

    dependencies = [("catalog", "0002_isolation")]

    operations = [
        migrations.RunSQL(
            sql="ALTER TABLE catalog_product ADD COLUMN unit varchar(16) NOT NULL DEFAULT 'piece'",
            reverse_sql="ALTER TABLE catalog_product DROP COLUMN unit",
            state_operations=[
                migrations.AddField("product", "unit", models.CharField(max_length=16, default="piece")),
            ],
        )
    ]

from django.conf import settings
from django.db import migrations

from tenants.isolation import isolate

# Authentication has to find the tenant before one is set. This function, run with its owner's rights, is the only way
# to the keys, and answers for one digest at a time. The policy lets it see the row whose digest it asks for.
TENANT_OF_TOKEN = """
CREATE POLICY token ON tenants_apikey FOR SELECT USING (token_hash = current_setting('app.token_hash', true));

CREATE FUNCTION tenant_of_token(hash text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tenant uuid;
BEGIN
    PERFORM set_config('app.token_hash', hash, true);
    SELECT tenant_id INTO tenant FROM tenants_apikey WHERE token_hash = hash;
    PERFORM set_config('app.token_hash', '', true);
    RETURN tenant;
END $$;

REVOKE ALL ON FUNCTION tenant_of_token(text) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        isolate("tenants_tenant", column="id", grant="SELECT"),
        isolate("tenants_apikey", grant=""),
        migrations.RunSQL(
            sql=TENANT_OF_TOKEN
            + f'GRANT EXECUTE ON FUNCTION tenant_of_token(text) TO "{settings.APP_DATABASE_ROLE}";',
            reverse_sql="DROP FUNCTION tenant_of_token(text); DROP POLICY token ON tenants_apikey;",
        ),
    ]

-- The roles and the database of the shop. Safe to run again: that sets the passwords anew.
--
--   psql -v ON_ERROR_STOP=1 -v owner_password=... -v app_password=... -f database/setup.sql postgres
--
-- shop_owner owns the tables and runs migrations. shop_app is what the application connects as: it owns nothing, gets
-- its rights from migrations, and row-level security binds it.
SELECT 'CREATE ROLE shop_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_owner') \gexec
SELECT 'CREATE ROLE shop_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_app') \gexec
ALTER ROLE shop_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE shop_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';

SELECT 'CREATE DATABASE shop OWNER shop_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'shop') \gexec
REVOKE ALL ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO shop_app;

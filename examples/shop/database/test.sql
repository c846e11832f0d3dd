-- The role that tests connect as, on a server for tests, after setup.sql. It makes and drops the test databases, owns
-- their tables, and steps into the application's role with SET ROLE.
--
--   psql -v ON_ERROR_STOP=1 -v test_password=... -f database/test.sql postgres
SELECT 'CREATE ROLE shop_test' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_test') \gexec
ALTER ROLE shop_test LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'test_password';
GRANT shop_app TO shop_test;

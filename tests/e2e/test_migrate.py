"""Migrations against a real PostgreSQL: once, before new containers, under drover's lock; a failure leaves the old release."""
import subprocess
import threading

import pytest

from app import TOP, wait_for
from postgres import Postgres
from tools import host_address

BASE = "drover.localhost/base/python:e2e"

MIGRATE = """\
import os, psycopg2
connection = psycopg2.connect(os.environ["DATABASE_URL"])
cursor = connection.cursor()
for statement in open("/app/migration.sql").read().split(";"):
    if statement.strip():
        cursor.execute(statement)
connection.commit()
"""

DOCKERFILE = f"""\
FROM {BASE}
COPY migrate.py migration.sql /app/
COPY www /www
STOPSIGNAL SIGKILL
CMD ["python3", "-m", "http.server", "8000", "--directory", "/www"]
"""


@pytest.fixture(scope="session")
def base_image():
    folder = TOP / "build" / "demo" / "base"
    subprocess.run([TOP / "examples" / "base" / "build", "python", folder], check=True, capture_output=True)
    subprocess.run(["skopeo", "copy", "--quiet", f"oci-archive:{folder}/python.oci.tar", f"containers-storage:{BASE}"], check=True, capture_output=True)


@pytest.fixture
def database(tmp_path):
    script = tmp_path / "setup.sql"
    script.write_text("CREATE ROLE shop_owner LOGIN PASSWORD :'owner_password';\nCREATE DATABASE shop OWNER shop_owner;\n")
    with Postgres(tmp_path / "postgres", host_address()) as running:
        running.create(script, owner="shop_owner")
        yield running


@pytest.fixture
def migrating(app, database, base_image):
    app.write("Dockerfile", DOCKERFILE)
    app.write("migrate.py", MIGRATE)
    app.write("migration.sql", "CREATE TABLE IF NOT EXISTS runs (at timestamptz DEFAULT now()); INSERT INTO runs DEFAULT VALUES")
    app.edit("drover.yaml", "    port: 8000", "    port: 8000\n    migrate: {run: [python3, /app/migrate.py], database: OWNER_URL, lock_timeout: 300ms}")
    app.drover("secret", "set", "OWNER_URL", "--project", app.project, "--env", "dev", input=database.url("shop_owner"))
    app.commit("one")
    done = app.ship()
    assert done.status == 0, done.err
    return app


def rows(database, sql):
    return database.psql("-d", "shop", "-At", "-c", sql).stdout.split()


def test_migration_runs_once_for_a_release_with_two_replicas(migrating, database):
    assert rows(database, "SELECT count(*) FROM runs") == ["1"]
    assert migrating.get() == "one"


def test_rollback_runs_no_migration(migrating, database):
    migrating.commit("two")
    assert migrating.ship().status == 0
    assert migrating.drover("rollback", "dev").status == 0
    assert rows(database, "SELECT count(*) FROM runs") == ["2"]
    assert migrating.get() == "one"


def test_failed_migration_leaves_the_old_release_and_gives_the_databases_words(migrating, database):
    migrating.write("migration.sql", "INSERT INTO runs DEFAULT VALUES; ALTER TABLE no_such_table ADD COLUMN x int")
    migrating.commit("two")
    before = migrating.containers()
    done = migrating.ship()
    assert done.status == 1 and done.json["outcome"] == "rolled-back"
    assert 'relation "no_such_table" does not exist' in done.err
    assert migrating.get() == "one" and migrating.containers() == before
    assert rows(database, "SELECT count(*) FROM runs") == ["1"]


def test_locked_table_is_tried_again_until_it_is_free(migrating, database):
    migrating.write("migration.sql", "ALTER TABLE runs ADD COLUMN IF NOT EXISTS note text")
    migrating.commit("two")
    holder = subprocess.Popen(["psql", "-qAt", database.url("shop_owner")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holder.stdin.write("BEGIN; LOCK TABLE runs; SELECT 'held';\n")
    holder.stdin.flush()
    assert holder.stdout.readline().strip() == "held"
    shipping = migrating.start("ship", "--env", "dev")
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(shipping.stderr), daemon=True)
    reader.start()
    wait_for(lambda: any("lock timeout" in line for line in lines), what="the first lock timeout")
    holder.stdin.close()
    assert holder.wait(20) == 0
    assert shipping.wait(120) == 0, "".join(lines)
    assert migrating.get() == "two"
    assert rows(database, "SELECT count(*) FROM information_schema.columns WHERE table_name = 'runs' AND column_name = 'note'") == ["1"]


def test_migrations_wait_for_drovers_lock(migrating, database):
    """A second session that holds drover's advisory lock keeps the migration from starting."""
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    migrating.write("migration.sql", "SELECT pg_sleep(0.5); INSERT INTO runs DEFAULT VALUES")
    migrating.commit("two")
    shipping = migrating.start("ship", "--env", "dev")
    wait_for(lambda: rows(database, locks) == ["1"], what="drover's advisory lock")
    _, err = shipping.communicate(timeout=120)
    assert shipping.returncode == 0, err
    assert rows(database, locks) == ["0"]

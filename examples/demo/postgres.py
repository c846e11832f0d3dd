"""A PostgreSQL server of one's own: in a folder, on a free port, stopped at the end."""
import glob
import os
import pathlib
import pwd
import secrets
import shutil

from tools import Failure, free_port, run


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4]))
    if not found:
        raise Failure("PostgreSQL is not installed; install it with: apt-get install postgresql")
    return pathlib.Path(found[-1])


def server_user():
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise Failure("the user postgres is not there; the package postgresql makes it") from None


class Postgres:
    """with Postgres(folder, address) as database: database.url("role"). Runs as user postgres when we are root."""

    def __init__(self, folder, address="127.0.0.1"):
        self.folder, self.address = pathlib.Path(folder), address
        self.passwords = {}

    def as_owner(self, *argv, **options):
        if os.geteuid() == 0:
            argv = ("runuser", "-u", "postgres", "--", *map(str, argv))
        return run(list(map(str, argv)), cwd="/", **options)

    def __enter__(self):
        self.port = free_port(self.address)
        # the server's user must reach its folder, whatever the modes above ours: the data lies where it can
        self.data = pathlib.Path(run(["mktemp", "-d", "-t", "drover-postgres-XXXXXX"]).stdout.strip())
        if os.geteuid() == 0:
            user = server_user()
            os.chown(self.data, user.pw_uid, user.pw_gid)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "data-folder").write_text(str(self.data))
        bin_dir = programs()
        self.as_owner(bin_dir / "initdb", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=trust",
                      "--auth-host=scram-sha-256", self.data / "main")
        with open(self.data / "main" / "pg_hba.conf", "a") as rules:
            rules.write("host all all samehost scram-sha-256\nhost all all 10.88.0.0/16 scram-sha-256\n")
        settings = f"-p {self.port} -k {self.data} -c listen_addresses={self.address} -c fsync=off -c max_connections=200"
        self.as_owner(bin_dir / "pg_ctl", "--silent", "--wait", "-D", self.data / "main", "-l", self.data / "log", "-o", settings, "start")
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Stops the server that was started in this folder, by this process or an earlier one, and removes its data."""
        note = self.folder / "data-folder"
        if not note.exists():
            return
        data = pathlib.Path(note.read_text())
        if (data / "main" / "postmaster.pid").exists():
            self.as_owner(programs() / "pg_ctl", "--silent", "--wait", "--mode=immediate", "-D", data / "main", "stop", check=False)
        shutil.rmtree(data, ignore_errors=True)
        note.unlink()

    def psql(self, *argv, **options):
        return self.as_owner("psql", "--quiet", "--no-psqlrc", "-h", self.data, "-p", self.port, "-U", "postgres", "-v", "ON_ERROR_STOP=1", *argv, **options)

    def create(self, script, **roles):
        """Runs an SQL script with a fresh password for each role: create(path, owner="shop_owner") sets owner_password."""
        text = ""
        for variable, role in roles.items():
            self.passwords[role] = secrets.token_hex(12)
            text += f"\\set {variable}_password {self.passwords[role]}\n"  # on standard input: a command line is for all to see
        self.psql("-f", "-", input=text + pathlib.Path(script).read_text())

    def url(self, role, database="shop"):
        return f"postgres://{role}:{self.passwords[role]}@{self.address}:{self.port}/{database}"

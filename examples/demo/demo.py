#!/usr/bin/env python3
"""Takes the example shop through drover's whole line: four commits, under load, on real parts.

Called by ./do demo. Everything that it makes lies in the folder --work and is cleaned up at the end, also when interrupted;
what a killed demo left is cleaned by the next. Writes what happened to the file --json.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from load import Load  # noqa: E402
from postgres import Postgres  # noqa: E402
from receiver import Receiver  # noqa: E402
from tools import Failure, free_port, host_address, run, say  # noqa: E402

SHOP = HERE.parent / "shop"
BASES = ("python", "nginx")
VERSIONS = ("v1", "v2", "v3", "v4")
EXPECTED = {"v1": "completed", "v2": "completed", "v3": "rolled-back", "v4": "completed"}


class Demo:
    def __init__(self, args):
        self.work = args.work.resolve()
        self.drover_path = str(args.drover.resolve())
        self.data = self.work / "data"
        self.repo = self.work / "shop"
        self.json_path = args.json
        self.keep = args.keep
        self.stack = contextlib.ExitStack()
        self.releases = []
        self.requests = self.failed = 0

    def drover(self, *argv, **options):
        return run([self.drover_path, "--data", str(self.data), "-C", str(self.repo), *argv], **options)

    # -- the ground ---------------------------------------------------------------------------------------------------

    def clean(self):
        """Removes what an earlier demo left, all but the registry: base images are pushed once."""
        if (self.data / "drover.db").exists():
            self.drover("down", "dev", "--project", "shop", "--yes", check=False)
        Postgres(self.work / "postgres").stop()
        for entry in self.data.iterdir() if self.data.exists() else ():
            if entry.name not in ("registry", "registry-address"):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for folder in ("shop", "again", "postgres"):
            shutil.rmtree(self.work / folder, ignore_errors=True)

    def start_server(self):
        ready = self.work / "address"
        ready.unlink(missing_ok=True)
        log = self.stack.enter_context(open(self.work / "serve.log", "wb"))
        server = subprocess.Popen(
            [self.drover_path, "--data", str(self.data), "serve", "--listen", "127.0.0.1:0", "--ready-file", str(ready)],
            stdout=log, stderr=log, start_new_session=True)
        self.stack.callback(lambda: (server.terminate(), server.wait(20)))
        deadline = time.monotonic() + 20
        while not ready.exists() or not ready.read_text().strip():
            if server.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"drover serve did not start: {(self.work / 'serve.log').read_text()[-500:]}")
            time.sleep(0.02)
        self.server_address = ready.read_text().strip()

    def base_image(self, name):
        """Makes the base image from Debian's packages unless it is there, pushes it once, and gives its digest."""
        folder = self.work / "base"
        run([str(HERE.parent / "base" / "build"), name, str(folder)])
        archive = folder / f"{name}.oci.tar"
        pushed = folder / f"{name}.pushed"
        target = f"docker://{self.server_address}/base/{name}"
        if pushed.exists() and pushed.stat().st_mtime >= archive.stat().st_mtime:
            digest = pushed.read_text()
            found = run(["skopeo", "inspect", "--raw", "--tls-verify=false", f"{target}@{digest}"], check=False)
            if found.returncode == 0:
                return digest
        digest_file = folder / f"{name}.digest"
        run(["skopeo", "copy", "--quiet", "--dest-tls-verify=false", "--digestfile", str(digest_file), f"oci-archive:{archive}",
             f"{target}:{int(archive.stat().st_mtime)}"])
        digest = digest_file.read_text().strip()
        pushed.write_text(digest)
        return digest

    def git(self, *argv):
        return run(["git", "-C", str(self.repo), "-c", "user.name=Ada Shopkeeper", "-c", "user.email=ada@shop.example", *argv]).stdout.strip()

    def make_repository(self, digests):
        shutil.copytree(SHOP, self.repo, ignore=shutil.ignore_patterns("__pycache__"))
        self.git("init", "--quiet", "--initial-branch", "development")
        self.digests = digests
        self.commits = {"v1": self.commit("v1")}

    def commit(self, version):
        """Adds a version's files, with base images pinned by digest and the router on the demo's port."""
        overlay = HERE / "versions" / version
        if overlay.exists():
            shutil.copytree(overlay, self.repo, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        for dockerfile in self.repo.glob("*/Dockerfile"):
            text = dockerfile.read_text()
            for name, digest in self.digests.items():
                text = text.replace(f"drover.localhost/base/{name}:bookworm", f"drover.localhost/base/{name}@{digest}")
            dockerfile.write_text(text)
        project = self.repo / "drover.yaml"
        project.write_text(project.read_text().replace("127.0.0.1:8080", f"127.0.0.1:{self.port}"))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"shop {version}")
        return self.git("rev-parse", "HEAD")

    def set_secrets(self, database, receiver):
        values = {
            "DATABASE_URL": database.url("shop_app"),
            "DATABASE_OWNER_URL": database.url("shop_owner"),
            "TEST_DATABASE_URL": database.url("shop_test", "postgres"),
            "DJANGO_SECRET_KEY": os.urandom(24).hex(),
            "SLACK_WEBHOOK_URL": f"{receiver.url}/slack",
            "TEAMS_WEBHOOK_URL": f"{receiver.url}/teams",
        }
        for name, value in values.items():
            self.drover("secret", "set", name, "--env", "dev", input=value)
        self.seed_env = {"PATH": os.environ["PATH"], "DATABASE_URL": values["DATABASE_OWNER_URL"],
                         "DJANGO_SECRET_KEY": values["DJANGO_SECRET_KEY"], "PYTHONDONTWRITEBYTECODE": "1"}

    # -- the line -----------------------------------------------------------------------------------------------------

    def ship(self, version, load=False):
        """Ships one version, with load running or not; records how it ended."""
        say(f"{version}: drover ship --env dev" + (" (while 200+ requests a second run)" if load else ""))
        with Load(f"127.0.0.1:{self.port}") if load else contextlib.nullcontext() as running:
            result = self.drover("ship", "--env", "dev", "--json", stream=True, check=False)
        if load:
            self.requests += running.requests
            self.failed += running.failed
            say(f"load: {running.requests} requests at {running.rate:.0f}/s, {running.failed} failed"
                + (f" ({running.first_failure})" if running.failed else ""))
        try:
            answer = json.loads(result.stdout)
        except ValueError:
            raise Failure(f"drover ship of {version} ended with status {result.returncode} and no result") from None
        self.releases.append({"version": version, "commit": answer["commit"], "digests": answer["images"], "outcome": answer["outcome"],
                              "seconds": round(answer["seconds"], 1)})
        if answer["outcome"] != EXPECTED[version] or (result.returncode == 0) != (EXPECTED[version] == "completed"):
            raise Failure(f"{version} ended as \"{answer['outcome']}\" (status {result.returncode}), expected \"{EXPECTED[version]}\": {answer['error']}")

    def serving_version(self):
        import urllib.request
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/version/", timeout=5) as answer:
            return "v" + str(json.load(answer)["version"])

    def expect_serving(self, version):
        serving = self.serving_version()
        if serving != version:
            raise Failure(f"the shop serves {serving}, expected {version}")
        say(f"the shop serves {version}")

    def build_again(self, version):
        """The same commit, from a clone in another folder: are the digests the same?"""
        say(f"{version} again, from another clone: drover build")
        again = self.work / "again"
        run(["git", "clone", "--quiet", str(self.repo), str(again)])
        commit = self.commits[version]
        answer = json.loads(run([self.drover_path, "--data", str(self.data), "-C", str(again), "build", commit, "--env", "dev", "--json"]).stdout)
        before = next(r["digests"] for r in self.releases if r["version"] == version)
        return answer["images"] == before

    def run(self):
        started = time.monotonic()
        self.work.mkdir(parents=True, exist_ok=True)
        self.clean()
        self.stack.callback(lambda: None if self.keep else self.clean())
        self.port = free_port()
        self.repo.mkdir(parents=True)
        say("starting drover serve, PostgreSQL and a receiver for notifications")
        self.start_server()
        database = self.stack.enter_context(Postgres(self.work / "postgres", host_address()))
        database.create(SHOP / "database" / "setup.sql", owner="shop_owner", app="shop_app")
        database.create(SHOP / "database" / "test.sql", test="shop_test")
        receiver = self.stack.enter_context(Receiver())
        say("base images from Debian's packages (made once)")
        digests = {name: self.base_image(name) for name in BASES}
        self.repo.rmdir()
        self.make_repository(digests)
        self.set_secrets(database, receiver)
        self.ship("v1")
        run(["python3", str(self.repo / "backend" / "manage.py"), "seed"], env=self.seed_env)
        self.expect_serving("v1")
        self.commits["v2"] = self.commit("v2")
        self.ship("v2", load=True)
        self.expect_serving("v2")
        self.commits["v3"] = self.commit("v3")
        self.ship("v3", load=True)
        self.expect_serving("v2")
        say("drover logs: why v3 was taken back")
        print("\n".join(self.drover("logs", "--env", "dev").stdout.splitlines()[-12:]), file=sys.stderr)
        self.commits["v4"] = self.commit("v4")
        self.ship("v4")
        self.expect_serving("v4")
        say("drover rollback dev")
        self.drover("rollback", "dev", "--json", stream=True)
        self.expect_serving("v2")
        same = self.build_again("v4")
        say("drover status")
        print(self.drover("status").stdout, file=sys.stderr)
        receiver.settle(len(VERSIONS) * 2 + 2)
        self.report(same, receiver.count, time.monotonic() - started)

    def report(self, same, notifications, seconds):
        summary = {"releases": self.releases, "requests": self.requests, "failed_requests": self.failed,
                   "same_commit_same_digest": same, "notifications": notifications}
        self.json_path.parent.mkdir(parents=True, exist_ok=True)
        self.json_path.write_text(json.dumps(summary, indent=2) + "\n")
        print(f"\n{'version':8} {'commit':13} {'outcome':12} {'seconds':>7}")
        for row in self.releases:
            print(f"{row['version']:8} {row['commit'][:12]:13} {row['outcome']:12} {row['seconds']:7.1f}")
        print(f"\n{self.requests} requests while v2 and v3 rolled out, {self.failed} failed; {notifications} notifications received;")
        print(f"the same commit built twice gives {'the same digests' if same else 'OTHER DIGESTS'}; {seconds:.0f} s in all; {self.json_path}")
        if self.failed or not same or not notifications:
            raise Failure("the demo did not keep its promises")
        shop, dashboard = f"http://127.0.0.1:{self.port}/", f"http://{self.server_address}/"
        if not self.keep:
            print(f"The shop was at {shop}; ./do demo --keep leaves it running.")
            return
        print(f"The shop: {shop}   drover: {dashboard}   Ctrl-C ends and cleans up.")
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
        self.keep = False
        self.clean()


def main():
    parser = argparse.ArgumentParser(prog="./do demo", description="takes the example shop through the whole line")
    parser.add_argument("--drover", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("build/demo.json"), help="where the figures are written")
    parser.add_argument("--keep", action="store_true", help="leave everything running until Ctrl-C")
    parser.add_argument("--clean", action="store_true", help="only remove what an earlier demo left")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    demo = Demo(args)
    if args.clean:
        demo.clean()
        return 0
    try:
        with demo.stack:
            demo.run()
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; cleaned up", file=sys.stderr)
        return 130
    return 0


sys.exit(main())

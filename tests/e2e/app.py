"""A tiny web application in a scratch repository, and drover run on it: what the end-to-end tests and the bench work with."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "examples" / "demo"))
from tools import free_port  # noqa: E402

DROVER = os.environ.get("DROVER", str(TOP / "build" / "drover"))
BUSYBOX = "/bin/busybox"

DOCKERFILE = """\
FROM scratch
COPY busybox /bin/busybox
COPY www /www
STOPSIGNAL SIGKILL
CMD ["/bin/busybox", "httpd", "-f", "-p", "8000", "-h", "/www"]
"""

PROJECT = """\
version: 1
project: {project}
images:
  web: {{context: .}}
checks: [.github/workflows/ci.yml]
services:
  web:
    image: web
    port: 8000
    replicas: 2
    health: {{path: /health, interval: 100ms, timeout: 2s, attempts: 25}}
routes:
  - {{path: /, service: web}}
environments:
  dev: {{branch: development, hosts: [local], listen: "127.0.0.1:{port}", strategy: blue-green, drain: 2s}}
"""

WORKFLOW = """\
on: push
jobs:
  check:
    runs-on: ubuntu-latest
    permissions: {contents: read}
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with: {persist-credentials: false}
      - run: test -s www/index.html
"""


class Ran:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)


class App:
    """A scratch repository with a tiny web server, a data folder, and drover run on both."""

    def __init__(self, folder, project):
        self.folder, self.project = folder, project
        self.repo, self.data = folder / "repo", folder / "data"
        self.port = free_port()
        self.repo.mkdir(parents=True)
        shutil.copy(BUSYBOX, self.repo / "busybox")
        self.write("Dockerfile", DOCKERFILE)
        self.write("drover.yaml", PROJECT.format(project=project, port=self.port))
        self.write(".github/workflows/ci.yml", WORKFLOW)
        self.write("www/health", "ok\n")
        self.git("init", "--quiet", "--initial-branch", "development")

    def write(self, path, text):
        target = self.repo / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def edit(self, path, old, new):
        text = (self.repo / path).read_text()
        assert old in text
        self.write(path, text.replace(old, new))

    def git(self, *argv):
        return subprocess.run(["git", "-C", self.repo, "-c", "user.name=Tester", "-c", "user.email=tester@example.org", *argv],
                              check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, version, healthy=True):
        self.write("www/index.html", f"{version}\n")
        if healthy:
            self.write("www/health", "ok\n")
        else:
            (self.repo / "www/health").unlink(missing_ok=True)
        return self.commit_all(version)

    def commit_all(self, message="change"):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def argv(self, *argv):
        return [DROVER, "--data", str(self.data), "-C", str(self.repo), *argv]

    def drover(self, *argv, env=None, timeout=180, **options):
        if "input" not in options:
            options["stdin"] = subprocess.DEVNULL
        done = subprocess.run(self.argv(*argv), capture_output=True, text=True, timeout=timeout, env={**os.environ, **(env or {})}, **options)
        return Ran(done)

    def start(self, *argv, env=None):
        return subprocess.Popen(self.argv(*argv), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})

    def ship(self, *argv, **options):
        return self.drover("ship", "--env", "dev", "--json", *argv, **options)

    def get(self, path="/"):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.read().decode().strip()

    def containers(self):
        """Names of the containers of this project, running or not."""
        done = subprocess.run(["podman", "ps", "--all", "--filter", f"label=io.drover.project={self.project}", "--format", "{{.Names}}"],
                              check=True, capture_output=True, text=True)
        return sorted(done.stdout.split())

    def volumes(self):
        done = subprocess.run(["podman", "volume", "ls", "--quiet"], check=True, capture_output=True, text=True)
        return [v for v in done.stdout.split() if v.startswith(f"drover-{self.project}-")]

    def routers(self):
        """Process ids of HAProxy run on this data folder."""
        return processes_with(str(self.data), "haproxy")

    def close(self):
        """Takes it down, and removes the images that it pulled: each is this test's alone."""
        self.drover("down", "dev", "--project", self.project, "--yes")
        names = subprocess.run(["podman", "images", "--quiet", "--no-trunc", "--filter", f"reference=drover.localhost/{self.project}/*"],
                               check=True, capture_output=True, text=True).stdout.split()
        if names:
            subprocess.run(["podman", "rmi", "--force", *set(names)], capture_output=True)


def processes_with(text, program):
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace") if entry.name.isdigit() else ""
        except OSError:
            continue
        if text in line and program in line:
            found.append(int(entry.name))
    return found


def wait_for(condition, seconds=30, what="the condition"):
    """Polls for a state of another process; fails with its name when it never comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s")

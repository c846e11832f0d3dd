"""The services for jobs, with the unmodified npm clients that actions are built on: @actions/cache (three versions, both protocols),
@actions/artifact and @actions/core. Needs npm, which brings Node.js, too."""
import json
import os
import pathlib
import shutil
import subprocess
import zipfile

import pytest

from app import DROVER

FIXTURES = pathlib.Path(__file__).parent / "results_clients"

SERVE = pathlib.Path(DROVER).parent / "tests/unit/results/results_serve"


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clients")
    for file in FIXTURES.iterdir():
        shutil.copy(file, folder)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, timeout=300)
    return folder / "clients.mjs"


def node_of(clients):
    """The Node.js that the clients of today ask for, which Debian has not."""
    return next(clients.parent.glob("node_modules/node-linux-*/bin/node"))


class Services:
    """The services over a folder of their own; `told` is what jobs of each right are told."""

    def __init__(self, folder):
        self.folder = folder
        self.process = subprocess.Popen([SERVE, folder / "data"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.told = json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=30) == 0


@pytest.fixture
def services(tmp_path):
    running = Services(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def ask(services, clients):
    """ask("main", "save", ...): what a client answers to a job of that right, or {"error": ...}."""

    def run(who, *arguments, protocol=2):
        told = dict(services.told[who])
        if protocol == 1:
            del told["ACTIONS_CACHE_SERVICE_V2"]
        told |= {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(services.folder), "GITHUB_WORKSPACE": str(services.folder)}
        told["GITHUB_SERVER_URL"] = "http://drover.localhost"
        done = subprocess.run([node_of(clients), clients, *map(str, arguments)], env=told, cwd=services.folder, capture_output=True, text=True, timeout=120)
        answer = json.loads(done.stdout.strip().splitlines()[-1])
        return answer.get("result") if "result" in answer else answer

    return run


VERSIONS = [("newest", 2), ("newest", 1), ("v4", 2), ("v4", 1), ("v3", 1)]


@pytest.mark.parametrize("which, protocol", VERSIONS)
def test_cache(services, ask, which, protocol):
    data = services.folder / "cached"
    data.mkdir()
    large = os.urandom(40 << 20)  # more than one chunk of the first protocol
    (data / "large").write_bytes(large)
    assert ask("main", "save", which, "npm-linux-1", "cached", protocol=protocol) > 0
    assert ask("main", "save", which, "npm-linux-1", "cached", protocol=protocol) == -1, "a key is written once"
    shutil.rmtree(data)
    assert ask("main", "restore", which, "cached", "npm-linux-1", protocol=protocol) == "npm-linux-1"
    assert (data / "large").read_bytes() == large
    assert ask("pull", "restore", which, "cached", "npm-linux-2", "npm-linux-", protocol=protocol) == "npm-linux-1"
    assert ask("main", "restore", which, "cached", "yarn", protocol=protocol) is None


def test_cache_of_a_pull_request_stays_there(services, ask):
    (services.folder / "cached").mkdir()
    (services.folder / "cached/file").write_text("from a pull request")
    assert ask("pull", "save", "newest", "npm", "cached") > 0
    assert ask("pull", "restore", "newest", "cached", "npm") == "npm"
    assert ask("main", "restore", "newest", "cached", "npm") is None
    assert ask("reader", "save", "newest", "npm", "cached") == -1, "this job may write none"


def test_cache_in_blocks(services, ask):
    """Beyond 128 MiB the client sends blocks side by side and then their list."""
    data = services.folder / "cached"
    data.mkdir()
    (data / "large").write_bytes(os.urandom(200 << 20))
    before = subprocess.check_output(["sha256sum", data / "large"])
    assert ask("main", "save", "newest", "large", "cached") > 0
    shutil.rmtree(data)
    assert ask("main", "restore", "newest", "cached", "large") == "large"
    assert subprocess.check_output(["sha256sum", data / "large"]) == before


def test_artifacts(services, ask):
    root = services.folder / "made"
    root.mkdir()
    (root / "log.txt").write_text("hello")
    (root / "report.html").write_text("<h1>hello</h1>")
    made = ask("main", "upload", "logs", root, "{}", root / "log.txt", root / "report.html")
    assert "already exists" in ask("main", "upload", "logs", root, "{}", root / "log.txt")["error"]
    page = ask("main", "upload", "ignored", root, '{"skipArchive": true}', root / "report.html")
    listed = {one["name"]: one for one in ask("main", "list")["artifacts"]}
    assert set(listed) == {"logs", "report.html"}
    assert listed["logs"]["digest"] == f"sha256:{made['digest']}"
    assert ask("pull", "list")["artifacts"] == [], "a run sees only its own"

    for name, file, content in [("logs", "log.txt", "hello"), ("report.html", "report.html", "<h1>hello</h1>")]:
        out = services.folder / f"out-{name}"
        assert ask("main", "download", listed[name]["id"], out, listed[name]["digest"])["digestMismatch"] is False
        assert (out / file).read_text() == content

    assert ask("main", "get", "report.html")["artifact"]["id"] == page["id"]
    assert ask("main", "remove", "report.html")["id"] == page["id"]
    assert [one["name"] for one in ask("main", "list")["artifacts"]] == ["logs"]


def test_identity(services, ask):
    answer = ask("main", "identity", "sts.example.test")
    assert answer["signed"] is True and answer["alg"] == "RS256"
    assert answer["claims"]["aud"] == "sts.example.test"
    assert answer["claims"]["iss"] == answer["issuer"] == f"http://{services.told['address']}"
    assert answer["claims"]["sub"] == "repo:octo/shop:ref:refs/heads/main"
    assert answer["claims"]["exp"] > answer["claims"]["iat"]
    assert "ACTIONS_ID_TOKEN_REQUEST_URL" in ask("pull", "identity", "x")["error"], "without the permission there is no variable"


def test_commands(services, ask):
    root = services.folder / "made"
    root.mkdir()
    (root / "log.txt").write_text("hello")
    ask("main", "upload", "logs", root, "{}", root / "log.txt")
    ask("main", "save", "newest", "npm-1", "made")
    state = services.folder / "state"
    state.mkdir()
    (state / "results").symlink_to(services.folder / "data")

    def run(*arguments):
        return subprocess.run([DROVER, *arguments, "--data", state], capture_output=True, text=True, timeout=60, check=True).stdout

    assert "npm-1" in run("caches")
    assert json.loads(run("artifacts", "--json"))["artifacts"][0]["name"] == "logs"
    run("artifacts", "run-1", "logs", "--download", services.folder / "fetched")
    assert zipfile.ZipFile(services.folder / "fetched/logs.zip").read("log.txt") == b"hello"
    assert json.loads(run("caches", "--delete", "npm-", "--json")) == {"deleted": 1}
    assert "nothing is cached" in run("caches")

"""kill -9 of drover at every saved point of a rollout, and in the middle of checks: the next run ends in the same state."""
import hashlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess

import pytest

from app import processes_with, wait_for
from load import Load

# Every state of the rollout's table that acts, with the points before, between and after what it saves.
STATES = ["pull", "migrate", "prepare", "start", "probe", "attach", "switch", "drain", "remove"]
POINTS = [f"{state}:{phase}" for state in STATES for phase in ("intent", "acted", "outcome")]


def marked(run_id):
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"DROVER_RUN={run_id}".encode() in entry.read_bytes().split(b"\0"):
                found.append(entry.parent.name)
        except OSError:
            pass
    return found


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_saved_point_recovers(served, point):
    served.commit("two")
    with Load(f"127.0.0.1:{served.port}", rate=100, workers=2, paths=("/",)) as load:
        done = served.ship(env={"DROVER_CRASH_AT": point})
        assert done.status == -signal.SIGKILL, done.err
        assert served.get() in ("one", "two")
        done = served.ship()
    assert done.status == 0, done.err
    assert load.failed == 0, load.first_failure
    assert served.get() == "two"
    assert len(served.containers()) == 2
    rollouts = sqlite3.connect(served.data / "drover.db").execute("SELECT outcome FROM rollouts").fetchall()
    assert all(outcome for (outcome,) in rollouts)


def test_killed_during_a_check_leaves_no_process(app):
    app.write(".github/workflows/ci.yml", (app.repo / ".github/workflows/ci.yml").read_text() + "      - run: sleep 987 & sleep 986\n")
    app.commit("one")
    first = app.start("ship", "--env", "dev")
    database = app.data / "drover.db"

    def running():
        if not database.exists():
            return None
        try:
            row = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute("SELECT id FROM check_runs WHERE outcome = 'running'").fetchone()
        except sqlite3.OperationalError:  # the schema is just being made
            return None
        return row and len(marked(row[0])) >= 2 and row[0]

    run_id = wait_for(running, what="a running check")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    app.edit(".github/workflows/ci.yml", "      - run: sleep 987 & sleep 986\n", "")
    app.commit("two")
    done = app.ship()
    assert done.status == 0, done.err
    assert marked(run_id) == []
    assert not (app.data / "runs" / run_id).exists()
    assert app.get() == "two"


def test_interrupted_ship_cleans_up_and_says_so(served):
    served.write(".github/workflows/ci.yml", (served.repo / ".github/workflows/ci.yml").read_text() + "      - run: sleep 985\n")
    served.commit("two")
    first = served.start("ship", "--env", "dev")
    wait_for(lambda: "sleep" in "".join(cmdline(p) for p in marked_any(served)), what="the check")
    first.send_signal(signal.SIGINT)
    _, err = first.communicate(timeout=60)
    assert first.returncode == 130, err
    assert served.get() == "one" and marked_any(served) == []


def marked_any(app):
    row = sqlite3.connect(f"file:{app.data / 'drover.db'}?mode=ro", uri=True).execute("SELECT id FROM check_runs ORDER BY started_us DESC LIMIT 1").fetchone()
    return marked(row[0]) if row else []


def cmdline(pid):
    try:
        return pathlib.Path("/proc", pid, "cmdline").read_text()
    except OSError:
        return ""


def test_dead_router_comes_back_with_the_truth(served):
    for pid in served.routers():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: served.routers() == [], what="the router's end")
    done = served.ship()
    assert done.status == 0, done.err
    assert served.get() == "one"


def build_leftovers(app):
    """What a build of this app left in the machine's container storage."""
    images = subprocess.run(["buildah", "images", "--format", "{{.Name}}:{{.Tag}}"], capture_output=True, text=True).stdout.split()
    containers = subprocess.run(["buildah", "containers", "--json"], capture_output=True, text=True).stdout
    owner = hashlib.sha256(os.path.realpath(app.data).encode()).hexdigest()[:12]
    marked_containers = [c["id"] for c in json.loads(containers) or []
                         if any(owner in p.read_text() for p in pathlib.Path("/var/lib/containers/storage").glob(f"*-containers/{c['id']}/userdata/buildah.json"))]
    return [i for i in images if f"drover-build:{owner}" in i] + marked_containers


def test_killed_during_a_build_leaves_nothing_in_the_container_storage(app):
    app.edit("Dockerfile", "STOPSIGNAL", 'RUN ["/bin/busybox", "sleep", "984"]\nSTOPSIGNAL')
    app.commit("one")
    first = app.start("ship", "--env", "dev")
    wait_for(lambda: processes_with("984", "sleep"), what="the build's step")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    for pid in processes_with("984", "sleep"):
        os.kill(pid, signal.SIGKILL)
    assert build_leftovers(app) != []
    app.edit("Dockerfile", 'RUN ["/bin/busybox", "sleep", "984"]\n', "")
    app.commit("two")
    done = app.ship()
    assert done.status == 0, done.err
    assert build_leftovers(app) == []
    assert list((app.data / "tmp").iterdir()) == []

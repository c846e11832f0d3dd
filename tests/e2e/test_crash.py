"""kill -9 of drover at every saved point of a rollout, and in the middle of checks: the next run ends in the same state."""
import os
import pathlib
import signal
import sqlite3

import pytest

from app import wait_for
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
        row = sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute("SELECT id FROM check_runs WHERE outcome = 'running'").fetchone()
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

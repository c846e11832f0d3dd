"""./do demo, whole: what it promises in build/demo.json, and that it leaves nothing behind, also when interrupted."""
import json
import os
import signal
import subprocess

import pytest

from app import DROVER, TOP, processes_with

DEMO = ["/usr/bin/python3", str(TOP / "examples" / "demo" / "demo.py"), "--drover", DROVER]


def left_over(work):
    containers = subprocess.run(["podman", "ps", "--all", "--filter", "label=io.drover.project=shop", "--format", "{{.Names}}"],
                                check=True, capture_output=True, text=True).stdout.split()
    return containers + processes_with(str(work), "haproxy") + processes_with(str(work), "drover ") + processes_with(str(work), "postgres")


@pytest.fixture(scope="module")
def work():
    return TOP / "build" / "demo"  # the base images made here serve later runs


def test_demo_keeps_its_promises(work, tmp_path):
    target = tmp_path / "demo.json"
    done = subprocess.run([*DEMO, "--work", work, "--json", target], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-4000:]
    told = json.loads(target.read_text())
    assert [(r["version"], r["outcome"]) for r in told["releases"]] == \
        [("v1", "completed"), ("v2", "completed"), ("v3", "rolled-back"), ("v4", "completed")]
    assert all(len(r["commit"]) == 40 and set(r["digests"]) == {"backend", "frontend"} for r in told["releases"])
    assert told["failed_requests"] == 0 and told["requests"] >= 1000
    assert told["same_commit_same_digest"] is True and told["notifications"] >= 8
    assert left_over(work) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_demo_leaves_nothing(work, tmp_path, number):
    demo = subprocess.Popen([*DEMO, "--work", work, "--json", tmp_path / "demo.json"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            start_new_session=True, env=os.environ)
    for line in demo.stderr:  # ends with the demo, should that come first
        if "v2: drover ship" in line:
            break
    assert demo.poll() is None, "the demo ended before its second version"
    os.killpg(demo.pid, number) if number == signal.SIGINT else demo.send_signal(number)
    demo.communicate(timeout=120)
    assert demo.returncode != 0
    assert left_over(work) == []

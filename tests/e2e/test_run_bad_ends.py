"""A run that somebody or something ends, and a data folder that is full or closed: all of it is taken down, and the message says why."""
import contextlib
import os
import re
import signal
import subprocess
import time

import pytest

from app import wait_for
from jobs import Jobs, descendants

SLOW = "on: push\njobs: {slow: {runs-on: ubuntu-latest, steps: [{run: '%s'}, {if: always(), run: echo always}, {run: echo never came}]}}\n"


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(tmp_path)
    yield made
    made.close()


def sleepers(jobs, started):
    return [pid for pid in descendants(started.pid) if b"sleep\0001000" in command(pid)]


def command(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    return b""


def started_slow(jobs, isolation, script="sleep 1000 & setsid sleep 1000 & sleep 1000; exit 7"):
    jobs.commit(SLOW % script)
    started = jobs.start("--isolation", isolation)
    wait_for(lambda: len(sleepers(jobs, started)) == 3, what="the step")
    return started


@pytest.mark.parametrize("isolation", ["full", "none"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_cancels_the_run(jobs, isolation, name):
    started = started_slow(jobs, isolation)
    started.send_signal(getattr(signal, name))
    done = jobs.end(started, 30)
    assert done.status == 130, done.err
    assert jobs.left() == []
    assert "always" in done.out and "never came\n" not in done.out


@pytest.mark.parametrize("isolation", ["full", "none"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_second_signal_does_not_wait(jobs, isolation, name):
    started = started_slow(jobs, isolation, 'trap "" INT TERM; sleep 1000 & setsid sleep 1000 & sleep 1000; sleep 1000')
    for _ in range(2):
        started.send_signal(getattr(signal, name))
        time.sleep(0.3)
    began = time.monotonic()
    done = jobs.end(started, 30)
    assert done.status == 130 and time.monotonic() - began < 15, done.err
    assert [line for line in jobs.left() if not line.startswith("file ")] == []


@pytest.mark.parametrize("isolation", ["full", "none"])
def test_nothing_runs_on_when_drover_is_killed(jobs, isolation):
    started = started_slow(jobs, isolation)
    started.kill()
    jobs.end(started)
    assert [line for line in jobs.left() if not line.startswith("file ")] == []


def test_the_death_of_the_sandbox_ends_the_job(jobs):
    started = started_slow(jobs, "full")
    inits = [pid for pid in descendants(started.pid) if b"sandbox-init" in command(pid)]
    for pid in inits:
        os.kill(pid, signal.SIGKILL)
    done = jobs.end(started, 30)
    assert done.status == 1, done.err
    assert "the sandbox has ended" in done.out
    assert jobs.left() == []


# ---- disks ----


@pytest.fixture
def small_disk(jobs):
    """The data folder on a disk of 24 MB and 3,000 inodes."""
    image = jobs.folder / "disk.img"
    subprocess.run(["truncate", "-s", "24M", image], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-N", "3000", image], check=True)
    jobs.data.mkdir()
    subprocess.run(["mount", "-o", "loop", image, jobs.data], check=True)
    yield jobs
    subprocess.run(["umount", "-l", jobs.data], check=True)


DISK_CASES = {
    "bytes of the workspace": "head -c 100000000 /dev/zero > fill",
    "inodes of the workspace": "seq 10000 | xargs touch",
    "bytes of the machine": "head -c 100000000 /dev/zero > /usr/fill",
    "bytes of the temporary folder": "head -c 100000000 /dev/zero > $RUNNER_TEMP/fill",
}


@pytest.mark.parametrize("isolation", ["full", "none"])
@pytest.mark.parametrize("what", DISK_CASES)
def test_a_job_that_fills_the_disk_does_not_harm_the_next(small_disk, what, isolation):
    script = DISK_CASES[what] if isolation == "full" else DISK_CASES[what].replace("/usr/", "$HOME/")
    done = small_disk.run_steps(script, "--isolation", isolation, timeout=60)
    assert done.status == 1, done.out + done.err
    assert re.search("No space left on device", done.out + done.err), done.out
    assert "  next | the next job" in done.out, done.out
    assert small_disk.left() == []


def test_a_full_disk_is_said_at_the_start(small_disk):
    small_disk.commit(SLOW % "true")
    with contextlib.suppress(OSError), open(small_disk.data / "fill", "wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
    done = small_disk.run()
    assert done.status == 3, done.out + done.err
    assert "No space left on device" in done.err or "is full" in done.err, done.err


def test_a_disk_without_inodes_is_said_at_the_start(small_disk):
    small_disk.commit(SLOW % "true")
    with contextlib.suppress(OSError):
        for i in range(4000):
            (small_disk.data / f"fill{i}").touch()
    done = small_disk.run()
    assert done.status == 3, done.out + done.err
    assert "No space left on device" in done.err, done.err


def test_a_read_only_disk_is_said_at_the_start(small_disk):
    small_disk.commit(SLOW % "true")
    subprocess.run(["mount", "-o", "remount,ro", small_disk.data], check=True)
    done = small_disk.run()
    assert done.status == 3, done.out + done.err
    assert "Read-only file system" in done.err and str(small_disk.data) in done.err, done.err

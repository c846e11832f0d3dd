"""A scratch repository with workflows, drover run on it, and what such a run left behind on the machine."""
import contextlib
import ctypes
import os
import pathlib
import re
import signal
import subprocess
import textwrap
import time

from app import DROVER, Ran

PR_SET_CHILD_SUBREAPER = 36
WORKFLOW = ".github/workflows/ci.yml"
CGROUPS = pathlib.Path("/sys/fs/cgroup")

RECORD = {"journal", "request.json", "record"}  # what a run keeps of itself


class Jobs:
    """Processes that lose their parent become this process's own, so that none can hide from left()."""

    def __init__(self, folder):
        self.folder, self.repo, self.data = folder, folder / "repo", folder / "data"
        self.repo.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
        self.children, self.cgroups = descendants(os.getpid()), sandbox_cgroups()
        self.runs = []

    def git(self, *argv):
        return subprocess.run(["git", "-C", self.repo, "-c", "user.name=Tester", "-c", "user.email=tester@example.org", *argv],
                              check=True, capture_output=True, text=True).stdout.strip()

    def write(self, path, text):
        target = self.repo / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text))

    def commit(self, workflow):
        self.write(WORKFLOW, workflow)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a run")

    def start(self, *argv, env=None, stdout=subprocess.PIPE):
        command = [DROVER, "--data", str(self.data), "-C", str(self.repo), "run", *argv]
        started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, env={**os.environ, **(env or {})},
                                   start_new_session=True)
        self.runs.append(started)
        return started

    def end(self, started, timeout=60):
        try:
            out, err = started.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            started.send_signal(signal.SIGKILL)
            out, err = started.communicate()
            raise AssertionError(f"the run did not end within {timeout} s:\n{(out or b'')[-3000:].decode(errors='replace')}\n{err.decode()}")
        return Ran(subprocess.CompletedProcess([], started.returncode, (out or b"").decode(), err.decode()))

    def run(self, *argv, timeout=60, **options):
        return self.end(self.start(*argv, **options), timeout)

    def run_steps(self, script, *argv, job="", timeout=60, **options):
        """Runs `script` as the one step of a job, and then another job, which must not suffer from it."""
        body = textwrap.indent(textwrap.dedent(script).strip("\n"), " " * 20)
        self.commit(f"""\
            on: push
            jobs:
              bad:
                runs-on: ubuntu-latest
                {job}
                steps:
                - run: |
{body}
                - if: always()
                  run: echo the step after it
              next:
                if: always()
                needs: bad
                runs-on: ubuntu-latest
                steps:
                - run: echo the next job
            """)
        return self.run(*argv, timeout=timeout, **options)

    def run_id(self):
        """Of the last run."""
        return max(path.stem for path in (self.data / "logs").glob("*.log"))

    def left(self, seconds=5):
        """What there is now and was not before: processes, mounts, cgroups, and files of runs. Waits a little for what is ending."""
        deadline = time.monotonic() + seconds
        while (found := self._left()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def _left(self):
        known = self.children | {run.pid for run in self.runs if run.poll() is None}
        found = [f"process {pid}: {command_of(pid)}" for pid in descendants(os.getpid()) - known if not reaped(pid)]
        found += [f"mount {line}" for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if f"{self.data}/" in line]
        found += [f"cgroup {path}" for path in sandbox_cgroups() - self.cgroups if not lives(path.name.rsplit("-", 1)[-1])]
        found += [f"file {path}" for path in (self.data / "runs").glob("*/*") if path.name not in RECORD]
        found += [f"file {path}" for name in ("work", "tmp") for path in (self.data / name).glob("*")]
        return found

    def close(self):
        for run in self.runs:
            if run.poll() is None:
                run.kill()
                run.wait()
        for pid in descendants(os.getpid()) - self.children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def stat_of(pid):
    """(parent, state) of a process, None when it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    state, parent = text[text.rindex(")") + 2:].split()[:2]
    return int(parent), state


def descendants(top):
    parents = {int(entry.name): stat_of(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()}
    found, grown = {top}, True
    while grown:
        more = {pid for pid, stat in parents.items() if stat and stat[0] in found} - found
        found, grown = found | more, bool(more)
    return found - {top}


def reaped(pid):
    """Takes a child of this process that has ended off the list."""
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return not lives(pid)


def lives(pid):
    return stat_of(pid) is not None


def command_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
    return "gone"


def sandbox_cgroups():
    return {path for path in CGROUPS.glob("**/drover-*") if re.search(r"-\d+$", path.name)}


def files_with(folder, text):
    """Files below `folder` that hold `text`, but for the job's own files as they are kept between its steps."""
    kept = [path for path in folder.rglob("*") if path.is_file() and "objects" not in path.parts]
    return [path for path in kept if text.encode() in path.read_bytes()]

"""The runner's speed: what a step, a job's start, a step's output and a cache cost, against the same by hand in the same run.

A run's own events say when things began and ended. BENCH_ACTIONS names a folder of actions (OWNER/REPO/REF) that has actions/cache@v5;
without it the cache is restored by its npm client alone. nektos/act is measured beside where ACT (a path) or PATH has it.
"""
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

STEPS, STEPS_BOUND, START_MS = 200, 1.5, 50
OUTPUT_MB, SECRETS, OUTPUT_BOUND = 1000, 50, 200
CACHE_MB, CACHE_BOUND = 500, 0.7
BASH = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]
WORKFLOW = ".github/workflows/bench.yml"


class Repository:
    """A commit with one workflow and a folder of state of its own."""

    def __init__(self, folder, drover):
        self.folder, self.drover = pathlib.Path(folder) / "repository", drover
        self.data = pathlib.Path(folder) / "data"
        self.folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments):
        who = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True)

    def write(self, text):
        path = self.folder / WORKFLOW
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", "bench", "--allow-empty")

    def run(self, *options):
        """The events of a run, after the time it took."""
        started = time.monotonic()
        argv = [self.drover, "run", WORKFLOW, "--json", "--data", str(self.data), *options]
        done = subprocess.run(argv, cwd=self.folder, capture_output=True, text=True)
        seconds = time.monotonic() - started
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(argv)}: {done.stdout[-2000:]}{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()], seconds


def at(events, kind, last=False, step=None):
    """When an event of this kind was, the first or the last, in seconds."""
    found = [e for e in events if e["event"] == kind and (step is None or e.get("step") == step)]
    return datetime.datetime.fromisoformat(found[-1 if last else 0]["at"].replace("Z", "+00:00")).timestamp()


def row(name, value, unit, against, ratio, bound, holds):
    return {"name": name, "value": value, "unit": unit, "against": against, "ratio": ratio, "bound": bound, "holds": holds, "command": "./do bench runner"}


def job(steps, more=""):
    return f"on: push\njobs:\n  bench:\n    runs-on: ubuntu-latest\n{more}    steps:\n{steps}"


# ---- steps ----

def by_hand(folder, count):
    """The same command line, started one after the other by a program that does nothing else."""
    script = pathlib.Path(folder) / "true.sh"
    script.write_text("true")
    started = time.monotonic()
    for _ in range(count):
        os.waitpid(os.posix_spawnp("bash", [*BASH, str(script)], os.environ), 0)
    return time.monotonic() - started


def steps(drover, runs, folder):
    repository = Repository(folder, drover)
    repository.write(job('      - {run: "true", shell: bash}\n' * STEPS))
    ours, theirs, starts = [], [], []
    for _ in range(runs + 1):
        theirs.append(by_hand(folder, STEPS))
        events, _ = repository.run()
        ours.append(at(events, "step.ended", last=True) - at(events, "step.started"))
        starts.append(1000 * (at(events, "step.started") - at(events, "job.started")))
    ratio = statistics.median(a / b for a, b in list(zip(ours, theirs))[1:])
    start = statistics.median(starts[1:])
    yield row(f"{STEPS} steps in the sandbox", statistics.median(ours[1:]), "s", statistics.median(theirs[1:]), ratio, STEPS_BOUND, ratio <= STEPS_BOUND)
    yield row("a job's start to its first step", start, "ms", START_MS, start / START_MS, 1, start <= START_MS)
    yield beside_act(repository, folder, statistics.median(ours[1:]), runs)


def beside_act(repository, folder, ours, runs):
    """The whole workflow by nektos/act in host mode, which has no sandbox."""
    act = os.environ.get("ACT") or shutil.which("act")
    name = f"{STEPS} steps, nektos/act without a sandbox"
    if act is None:
        return row(name, ours, "s", None, None, 1, True)
    argv = [act, "push", "-P", "ubuntu-latest=-self-hosted", "-W", WORKFLOW]
    env = {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    times = []
    for _ in range(min(runs, 3)):
        started = time.monotonic()
        subprocess.run(argv, cwd=repository.folder, env=env, check=True, capture_output=True)
        times.append(time.monotonic() - started)
    against = statistics.median(times)
    return row(name, ours, "s", against, ours / against, 1, ours <= against)


# ---- output ----

PRINT = """
import sys
line = ("2026-11-25T03:25:05.1234567Z building module number 42 of the backend, nothing to see here but ordinary words\\n" * 9000).encode()
for _ in range({count}):
    sys.stdout.buffer.write(line)
"""


def output(drover, folder):
    repository = Repository(folder, drover)
    size = len("2026-11-25T03:25:05.1234567Z building module number 42 of the backend, nothing to see here but ordinary words\n") * 9000
    script = "".join(f"          {line}\n" for line in PRINT.format(count=OUTPUT_MB * 1000000 // size).strip().splitlines())
    repository.write(job(f"      - name: print\n        shell: python\n        run: |\n{script}"))
    secrets = pathlib.Path(folder) / "secrets"
    secrets.write_text("".join(f"SECRET_{i}=s3cr3t-value-{i:04}-{i * 7919:08x}\n" for i in range(SECRETS)))
    with open(os.devnull, "wb") as nowhere:
        argv = [drover, "run", WORKFLOW, "--data", str(repository.data), "--secret-file", str(secrets)]
        started = time.monotonic()
        subprocess.run(argv, cwd=repository.folder, stdout=nowhere, stderr=nowhere, check=True)
        seconds = time.monotonic() - started
    speed = OUTPUT_MB / seconds
    return row(f"{OUTPUT_MB} MB of output, {SECRETS} secrets masked", speed, "MB/s", OUTPUT_BOUND, speed / OUTPUT_BOUND, 1, speed >= OUTPUT_BOUND)


# ---- caches ----

FILL = f"mkdir -p files; for i in $(seq {CACHE_MB // 10}); do head -c 5000000 /dev/urandom | od -An -v -tx1 >files/$i; head -c 5000000 /dev/zero >>files/$i; done"


def cache(drover, folder):
    """A cache restored by actions/cache, against tar and zstd on the same archive."""
    actions = os.environ.get("BENCH_ACTIONS")
    name = f"a cache of {CACHE_MB} MB restored"
    if not actions:
        return row(name, 0, "s", None, None, CACHE_BOUND, False)
    repository = Repository(folder, drover)
    uses = "      - name: cache\n        uses: actions/cache/{what}@v5\n        with: {{key: bench, path: files}}\n"
    repository.write(job(f"      - run: {FILL}\n" + uses.format(what="save")))
    repository.run("--actions", actions)
    repository.write(job(uses.format(what="restore") + "      - run: test -s files/1\n"))
    by_hand_folder = pathlib.Path(folder) / "hand"
    by_hand_folder.mkdir()
    subprocess.run(["bash", "-c", FILL], cwd=by_hand_folder, check=True)
    subprocess.run("tar -cf - files | zstd -q -T0 --long=30 -o archive", shell=True, cwd=by_hand_folder, check=True)
    ours, theirs = [], []
    for _ in range(4):
        shutil.rmtree(by_hand_folder / "files")
        started = time.monotonic()
        subprocess.run("zstd -q -d --long=30 -c archive | tar -xf -", shell=True, cwd=by_hand_folder, check=True)
        theirs.append(time.monotonic() - started)
        events, _ = repository.run("--actions", actions)
        ours.append(at(events, "step.ended", step="cache") - at(events, "step.started", step="cache"))
    ratio = statistics.median(b / a for a, b in list(zip(ours, theirs))[1:])
    return row(name, statistics.median(ours[1:]), "s", statistics.median(theirs[1:]), ratio, CACHE_BOUND, ratio >= CACHE_BOUND)


def rows(drover, runs):
    made = []
    for measure in (lambda folder: steps(drover, runs, folder), lambda folder: [output(drover, folder)], lambda folder: [cache(drover, folder)]):
        with tempfile.TemporaryDirectory() as folder:
            made += measure(folder)
    return made

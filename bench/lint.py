"""The linter's speed: against native actionlint, against libyaml alone on the same files, a small file from start to exit, and growth.

Files are those of BENCH_WORKFLOWS (a folder; default: the workflows of the public vectors). actionlint is the one of ACTIONLINT, or
in PATH. Times are processor time on one core, so that a busy machine does not decide.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
VECTORS = TOP.parent / "shared" / "vectors" / "lint"
WORKFLOWS_MIN = 4000  # so many files at least: those of a small folder are copied, or the start of a process would be measured
ACTIONLINT_TIMES, LIBYAML_TIMES, SMALL_MS, SMALL_MB, GROWTH = 10, 3, 10, 20, 1.3


def files(folder):
    """The workflows that are measured, as copies below `folder`: a linter looks at a file once, however often it is named."""
    given = os.environ.get("BENCH_WORKFLOWS")
    found = sorted(path for path in pathlib.Path(given or VECTORS / "ok").rglob("*.y*ml") if path.is_file())
    if not found:
        raise SystemExit(f"no workflows in {given or VECTORS}: name a folder of them in BENCH_WORKFLOWS")
    copies = []
    for i in range(-(-WORKFLOWS_MIN // len(found))):
        for number, path in enumerate(found):
            copy = pathlib.Path(folder) / f"{i}" / f"{number}.yml"
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copies.append(str(copy))
    return copies


def cost(argv):
    """Processor seconds, wall seconds and resident megabytes of one run on one core. Findings are no failure."""
    started = time.monotonic()
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {0}))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{argv[0]} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def pairs(ours, theirs, runs):
    """Medians of both and of their ratio, run in turn; the first pair warms up."""
    costs = [(cost(ours)[0], cost(theirs)[0]) for _ in range(runs + 1)][1:]
    return statistics.median(a for a, _ in costs), statistics.median(b for _, b in costs), statistics.median(a / b for a, b in costs)


def row(name, value, unit, against, ratio, bound, holds):
    return {"name": name, "value": value, "unit": unit, "against": against, "ratio": ratio, "bound": bound, "holds": holds, "command": "./do bench lint"}


def against_actionlint(drover, runs, names):
    """Files a second, as many times as actionlint's: without scripts, and where both have shellcheck look at every run:, for the first
    time and again, when drover remembers what shellcheck said of a script."""
    actionlint = os.environ.get("ACTIONLINT") or shutil.which("actionlint")
    lint, some = [drover, "lint", "--family", "correctness"], names[:60]
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        costs = {"scripts left out": [], "scripts for the first time": [], "scripts again": []}
        for _ in range(runs + 1):
            shutil.rmtree(cache, ignore_errors=True)
            theirs = cost([actionlint, *some])[0] if actionlint else None
            costs["scripts for the first time"].append((cost([*lint, *some])[0], theirs))
            costs["scripts again"].append((cost([*lint, *some])[0], theirs))
            theirs = cost([actionlint, "-shellcheck=", "-pyflakes=", *names])[0] if actionlint else None
            costs["scripts left out"].append((cost([*lint, "--no-scripts", *names])[0], theirs))
        del os.environ["XDG_CACHE_HOME"]
    for name, measured in costs.items():
        count, measured = len(names if name == "scripts left out" else some), measured[1:]
        ours = count / statistics.median(a for a, _ in measured)
        if actionlint is None:
            yield row(f"lint, files a second, {name}", ours, "1/s", None, None, ACTIONLINT_TIMES, False)
            continue
        ratio = statistics.median(b / a for a, b in measured)
        against = count / statistics.median(b for _, b in measured)
        yield row(f"lint, files a second, {name}", ours, "1/s", against, ratio, ACTIONLINT_TIMES, ratio >= ACTIONLINT_TIMES)


def against_libyaml(drover, runs, names, folder):
    events = pathlib.Path(folder) / "libyaml_events"
    subprocess.run(["cc", "-O2", "-o", events, TOP / "bench" / "libyaml_events.c", "-lyaml"], check=True)
    ours, theirs, ratio = pairs([drover, "lint", "--family", "correctness", "--no-scripts", *names], [events, *names], runs)
    return row("lint, processor time against libyaml's", ours, "s", theirs, ratio, LIBYAML_TIMES, ratio <= LIBYAML_TIMES)


def small_file(drover, runs, folder):
    path = pathlib.Path(folder) / "small.yml"
    path.write_text("on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.sha }}\n")
    costs = [cost([drover, "lint", "--root", folder, "--no-scripts", str(path)]) for _ in range(4 * runs)]
    wall_ms, megabytes = 1000 * statistics.median(c[1] for c in costs), max(c[2] for c in costs)
    return [
        row("lint of one small file, from start to exit", wall_ms, "ms", SMALL_MS, wall_ms / SMALL_MS, 1, wall_ms <= SMALL_MS),
        row("lint of one small file, memory", megabytes, "MB", SMALL_MB, megabytes / SMALL_MB, 1, megabytes <= SMALL_MB),
    ]


STEPS = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
GROWING = {
    "steps": lambda n: STEPS + "".join(f"      - run: echo ${{{{ github.sha }}}} {i}\n" for i in range(n)),
    "aliases": lambda n: STEPS + "      - &s {run: echo}\n" + "      - *s\n" * n,
    "matrix": lambda n: STEPS.replace("    steps", f"    strategy:\n      matrix:\n        v: {list(range(n))}\n    steps") + "      - run: echo\n",
    "jobs": lambda n: "on: push\njobs:\n" + "".join(f"  j{i}: {{runs-on: ubuntu-latest, steps: [{{run: echo}}]}}\n" for i in range(n)),
}


def growth(drover, runs, folder):
    """What four times as much of something costs, for a fourth of it: 1 is linear."""
    for name, text in GROWING.items():
        sizes = (200, 800) if name == "jobs" else (2000, 8000)
        paths = []
        for size in sizes:
            path = pathlib.Path(folder) / f"{name}-{size}.yml"
            path.write_text(text(size))
            paths.append([drover, "lint", "--root", folder, "--no-scripts", str(path)])
        start = min(cost([drover, "--version"])[0] for _ in range(runs))
        few, many = (max(min(cost(argv)[0] for _ in range(runs)) - start, 1e-4) for argv in paths)
        yield row(f"lint, growth with {name}", many, "s", few, many / few / 4, GROWTH, many / few / 4 <= GROWTH)


def rows(drover, runs):
    with tempfile.TemporaryDirectory() as folder:
        names = files(folder)
        return [
            *against_actionlint(drover, runs, names),
            against_libyaml(drover, runs, names, folder),
            *small_file(drover, runs, folder),
            *growth(drover, runs, folder),
        ]

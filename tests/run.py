#!/usr/bin/env python3
"""Runs every test, unit and end to end, and ends with the line "N passed, N failed". Called by ./do test.

Arguments behind the options go to pytest, e.g. ./do test -k rollback; then unit tests are left out.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

TOP = pathlib.Path(__file__).resolve().parent.parent


def counts(report):
    """(passed, failed, names of the failed) of a JUnit file; a skipped test counts as failed: there are none here."""
    passed, failed = 0, []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        good = not any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
        passed += good
        if not good:
            failed.append(f"{case.get('classname') or ''} {case.get('name')}".strip())
    return passed, failed


def unit(build):
    done = subprocess.run(["meson", "test", "-C", str(build), "--no-rebuild", "--print-errorlogs"])
    report = build / "meson-logs" / "testlog.junit.xml"
    passed, failed = counts(report) if report.exists() else (0, [])
    if done.returncode != 0 and not failed:
        failed.append("meson test")
    return passed, failed


def end_to_end(build, arguments):
    report = build / "e2e.junit.xml"
    report.unlink(missing_ok=True)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=8", f"--junitxml={report}", *(arguments or ["tests/e2e"])],
                          cwd=TOP, env={**os.environ, "DROVER": str(build / "drover"), "PYTHONDONTWRITEBYTECODE": "1"})
    passed, failed = counts(report) if report.exists() else (0, [])
    if done.returncode not in (0, 1) or (done.returncode == 1 and not failed):
        failed.append(f"pytest ended with status {done.returncode}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    args, rest = parser.parse_known_args()
    build = args.build.resolve()
    results = ([] if rest else [unit(build)]) + [end_to_end(build, rest)]
    failed = [name for _, names in results for name in names]
    for name in failed:
        print(f"failed: {name}")
    passed = sum(n for n, _ in results)
    print(f"{passed} passed, {len(failed)} failed", flush=True)
    return 0 if passed and not failed else 1


sys.exit(main())

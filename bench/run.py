#!/usr/bin/env python3
"""Measures what the issues promise: each figure is a ratio against a peer or a limit measured in the same run. Called by ./do bench.

Writes a list of {"name", "value", "unit", "against", "ratio", "bound", "holds", "command"} and prints it as a table. A peer that
is not installed gives a row with "against": null, and that is no pass.
"""
import argparse
import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "e2e")]

MEASURES = ["lint", "runner", "ship"]  # one module a measure: rows(drover, runs) gives its rows


def main():
    parser = argparse.ArgumentParser(prog="./do bench")
    parser.add_argument("measures", nargs="*", default=MEASURES, help="which ones: " + ", ".join(MEASURES))
    parser.add_argument("--drover", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=7, help="pairs of runs that count")
    args = parser.parse_args()
    rows = []
    for name in args.measures:
        rows += importlib.import_module(name).rows(str(pathlib.Path(args.drover).resolve()), args.runs)
    args.json.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"{'name':44} {'value':>10} {'unit':5} {'against':>10} {'ratio':>7} {'bound':>7}  holds")
    for row in rows:
        against = "-" if row["against"] is None else f"{row['against']:.3f}"
        ratio = "-" if row["ratio"] is None else f"{row['ratio']:.2f}"
        print(f"{row['name']:44} {row['value']:10.3f} {row['unit']:5} {against:>10} {ratio:>7} {row['bound']:>7}  {'yes' if row['holds'] else 'NO'}")
    return 0 if all(row["holds"] for row in rows) else 1


sys.exit(main())

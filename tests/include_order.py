#!/usr/bin/env python3
"""Includes point down: a folder of src/ includes only itself and the folders below it in this list."""
import pathlib
import re
import sys

SRC = pathlib.Path(__file__).resolve().parent.parent / "src"
LAYERS = ["base", "git", "store", "workflow", "httpd", "registry", "results", "sandbox", "engine", "runner", "image", "release", "lint", "notify", "server", "rollout", "ship", "cli"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([a-z_]+)/', re.MULTILINE)


def findings():
    for path in sorted(SRC.rglob("*.[ch]")):
        folder = path.relative_to(SRC).parts[0]
        if path.parent == SRC:
            continue  # main.c stands on top
        if folder not in LAYERS:
            yield f"{path.relative_to(SRC.parent)}: the folder {folder} is not in LAYERS of tests/include_order.py"
            continue
        for used in INCLUDE.findall(path.read_text()):
            if used not in LAYERS or LAYERS.index(used) > LAYERS.index(folder):
                yield f"{path.relative_to(SRC.parent)}: {folder}/ may not include {used}/"


bad = list(findings())
print("\n".join(bad), end="\n" if bad else "")
sys.exit(bool(bad))

#!/usr/bin/env python3
"""Makes files of this folder from files on this machine.

    update.py webhooks DATE api.github.com.json payloads.jsonl and "payload" in events.jsonl; of npm's @octokit/openapi-webhooks
    update.py actions DATE SOURCE actions.json  actions.jsonl from actionlint's tables; README.md tells the form
    update.py names FILE DATE SOURCE list.txt   FILE.jsonl from names, one a line, compared without case
    update.py timezones DATE SOURCE tzdata.zi   timezones.jsonl; of the IANA time zone database
"""
import json
import pathlib
import sys

from webhook_types import payloads_of, refs_of

FOLDER = pathlib.Path(__file__).resolve().parent


def read(name):
    path = FOLDER / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def write(name, heading, rows):
    rows = sorted(rows, key=lambda row: row["key"].encode())
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in [{"key": "", **heading}, *rows]]
    (FOLDER / f"{name}.jsonl").write_text("".join(line + "\n" for line in lines))


def webhooks(date, path):
    spec = json.loads(pathlib.Path(path).read_text())
    source = f"npm @octokit/openapi-webhooks {spec['info']['version']}, api.github.com.json"
    payloads, types = payloads_of(spec)
    heading, *events = read("events")
    for row in events:
        row["payload"] = payloads.get(row["key"], "any")
    wanted = {name for row in events for name in refs_of(row["payload"])}
    while more := {other for name in wanted for other in refs_of(types[name])} - wanted:
        wanted |= more
    write("payloads", {"date": date, "source": source}, [{"key": name, "type": types[name]} for name in wanted])
    write("events", {name: heading[name] for name in ("date", "source")}, events)


def action(key, told):
    inputs = {}
    for name, one in (told["inputs"] or {}).items():
        inputs[name] = {word: True for word in ("required", "deprecated") if one[word]} | ({"name": one["name"]} if one["name"] != name else {})
        if one["deprecated"] and one["deprecation-message"]:
            inputs[name]["deprecated"] = one["deprecation-message"]
    row = {"key": key, "name": told["name"], "inputs": inputs, "outputs": [one["name"] for one in (told["outputs"] or {}).values()]}
    return row | {f"any_{word}": True for word in ("inputs", "outputs") if told[f"skip_{word}"]}


def actions(date, source, path):
    told = json.loads(pathlib.Path(path).read_text())
    gone = [{"key": key, "any_inputs": True, "any_outputs": True, "outdated": True} for key in told["outdated"]]
    write("actions", {"date": date, "source": source}, [action(*one) for one in told["popular"].items()] + gone)


def names(name, date, source, path):
    found = {line.strip().lower() for line in pathlib.Path(path).read_text().splitlines() if line.strip() and not line.startswith("#")}
    write(name, {"date": date, "source": source}, [{"key": key} for key in found])


def timezones(date, source, path):
    words = (line.split() for line in pathlib.Path(path).read_text().splitlines())
    write("timezones", {"date": date, "source": source}, [{"key": key} for key in {w[{"Z": 1, "L": 2}[w[0]]] for w in words if w and w[0] in "ZL"}])


if __name__ == "__main__":
    {"webhooks": webhooks, "actions": actions, "names": names, "timezones": timezones}[sys.argv[1]](*sys.argv[2:])

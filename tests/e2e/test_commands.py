"""The commands around a ship: run, lint, logs, expression, doctor, and what every command shares."""
import json
import os
import subprocess

import pytest

from app import DROVER

FAILING = """\
on: push
jobs:
  first:
    runs-on: ubuntu-latest
    outputs:
      word: ${{ steps.say.outputs.word }}
    steps:
      - id: say
        run: echo "word=${{ secrets.WORD || 'none' }}" >> "$GITHUB_OUTPUT"
  second:
    needs: first
    runs-on: ubuntu-latest
    strategy:
      matrix:
        n: [1, 2]
    steps:
      - run: echo "got ${{ needs.first.outputs.word }} in ${{ matrix.n }}"; exit $((${{ matrix.n }} - 1))
"""


def test_run_tells_each_job_and_the_failing_step(app):
    app.write(".github/workflows/ci.yml", FAILING)
    app.commit("one")
    done = app.drover("run", "--json")
    assert done.status == 1
    events = [json.loads(line) for line in done.out.splitlines()]
    jobs = {job["name"]: job["conclusion"] for job in events[-1]["detail"]["jobs"]}
    assert jobs["first"] == "success" and jobs["second (1)"] != "failure" and jobs["second (2)"] == "failure"
    assert any(e["event"] == "output" and e["job"] == "second (2)" and "got none in 2\n" in e["text"] for e in events)
    assert "ci.yml:17" in done.err


def test_run_of_one_job_leaves_the_others_out(app):
    app.write(".github/workflows/ci.yml", FAILING)
    app.commit("one")
    done = app.drover("run", "--job", "first")
    assert done.status == 0, done.err
    assert "second" not in done.out + done.err


def test_run_masks_secrets_and_keeps_nothing(app):
    app.write(".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    runs-on: linux\n    steps:\n      - run: echo \"the word is $WORD\"\n"
              "        env:\n          WORD: ${{ secrets.WORD }}\n")
    app.commit("one")
    secrets = app.folder / "secrets"
    secrets.write_text("WORD=sesame-9\n")
    done = app.drover("run", "--no-record", "--secret-file", str(secrets))
    assert done.status == 0 and "sesame-9" not in done.err + done.out and "the word is ***" in done.out
    assert not (app.data / "runs").exists() or list((app.data / "runs").iterdir()) == []


def test_variables_of_the_repository_and_of_an_environment(app):
    assert app.drover("variable", "set", "REGION", "north").status == 0
    assert app.drover("variable", "set", "REGION", "--env", "dev", input="west\n").status == 0
    assert app.drover("variable", "set", "OTHER", "--env", "dev", "two words").status == 0
    assert app.drover("variable", "list", "--json").json["variables"] == [{"name": "REGION", "value": "north"}]
    listed = app.drover("variable", "list", "--env", "dev").out
    assert "OTHER" in listed and "two words" in listed and "west" in listed and "north" not in listed
    assert app.drover("variable", "remove", "REGION").status == 0
    gone = app.drover("variable", "remove", "REGION")
    assert gone.status == 1 and "the repository has no variable" in gone.err
    assert "REGION" in app.drover("variable", "list", "--env", "dev").out


def test_lint_finds_what_ship_would_refuse(app):
    app.edit("drover.yaml", "replicas: 2", "replica: 2")
    app.edit(".github/workflows/ci.yml", "runs-on:", "run-on:")
    app.commit("one")
    done = app.drover("lint", "--json")
    assert done.status == 1
    places = {(f["path"], f["line"]) for f in done.json["findings"]}
    assert ("drover.yaml", 10) in places and any(file.endswith("ci.yml") for file, _ in places)


def test_lint_of_good_files_is_clean(app):
    app.commit("one")
    done = app.drover("lint")
    assert done.status == 0, done.out


def test_logs_by_the_beginning_of_an_id(served):
    entries = served.drover("journal", "--json").json["entries"]
    check = next(e["subject"] for e in entries if e["kind"].startswith("check."))
    done = served.drover("logs", check[:22])
    assert done.status == 0 and "test -s www/index.html" in done.out
    assert served.drover("logs", "--follow", "--env", "dev").status == 0
    assert served.drover("logs", "zzzzzz").status == 1


EXPRESSIONS = {
    "1 == '1'": "true",
    "format('{0}-{1}', 'a', 2)": "a-2",
    "fromJSON('[1, 2]')[1]": "2",
    "github.ref || 'none'": "refs/heads/main",
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expression_is_evaluated(app, expression):
    context = app.folder / "context.json"
    context.write_text('{"github": {"ref": "refs/heads/main"}}')
    done = app.drover("expression", expression, "--context", str(context))
    assert done.status == 0 and done.out == EXPRESSIONS[expression] + "\n", done.err


def test_wrong_expression_is_pointed_at(app):
    done = app.drover("expression", "1 == ")
    assert done.status == 1 and "expected" in done.err


def test_expressions_in_a_batch(app):
    lines = '{"expr": "1 + 1", "contexts": {}}\n{"expr": "true && \'x\'", "contexts": {}}\n'
    done = app.drover("expression", "--batch", input=lines)
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert first["error"]["kind"] in ("lexing", "parsing") and second == {"kind": "String", "value": "x"}


def test_doctor_finds_everything_that_the_tests_stand_on(app):
    done = app.drover("doctor")
    assert done.status == 0 and "podman" in done.out and "haproxy" in done.out, done.out + done.err


@pytest.mark.parametrize("argv", [["help"], ["help", "ship"], ["ship", "--help"], ["version"], ["--version"], ["completion", "bash"], ["docs", "man"]])
def test_what_explains_goes_to_standard_output(argv):
    done = subprocess.run([DROVER, *argv], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout and not done.stderr


def test_no_colours_where_nobody_sees_them(served):
    done = served.drover("status", env={"TERM": "xterm-256color"})
    assert done.status == 0 and "\x1b[" not in done.out + done.err


def test_bash_completion_offers_commands():
    script = subprocess.run([DROVER, "completion", "bash"], capture_output=True, text=True, check=True).stdout
    asked = script + '\nCOMP_WORDS=(drover sh); COMP_CWORD=1; COMP_LINE="drover sh"; COMP_POINT=9\n' \
        '"$(complete -p drover | sed -E "s/.*-F ([^ ]+).*/\\1/")" drover sh drover; printf "%s\\n" "${COMPREPLY[@]}"\n'
    done = subprocess.run(["bash", "--norc", "-c", asked], capture_output=True, text=True, env={**os.environ})
    assert "ship" in done.stdout.split(), done.stderr


def test_serve_answers_the_api(served):
    import urllib.request
    ready = served.folder / "address"
    server = served.start("serve", "--listen", "127.0.0.1:0", "--ready-file", str(ready))
    try:
        from app import wait_for
        address = wait_for(lambda: ready.exists() and ready.read_text().strip(), what="the server")
        for path, key in (("environments", "environments"), (f"releases?project={served.project}", "releases"), ("rollouts", "rollouts"), ("journal", "entries")):
            with urllib.request.urlopen(f"http://{address}/api/v1/{path}", timeout=5) as answer:
                assert json.load(answer)[key], path
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
            assert b"drover_" in answer.read()
    finally:
        server.terminate()
        assert server.wait(20) == 0

"""A run that was killed goes on at the step that had not ended, and a job runs again from any of its steps."""
import json
import os
import subprocess

import pytest

from app import DROVER

WORKFLOW = """\
on: push
jobs:
  first:
    runs-on: ubuntu-latest
    outputs: {value: "${{ steps.set.outputs.value }}"}
    steps:
      - run: |
          echo one >> log
          echo kept > /usr/local/drover-test-marker
          echo "WORD=hello" >> "$GITHUB_ENV"
      - id: set
        run: |
          echo two >> log
          echo "value=$WORD-$(cat /usr/local/drover-test-marker)" >> "$GITHUB_OUTPUT"
      - name: third
        run: echo three >> log; test "$(cat log)" = "$(printf 'one\\ntwo\\nthree')"
  second:
    needs: first
    runs-on: ubuntu-latest
    steps:
      - run: test "${{ needs.first.outputs.value }}" = hello-kept
      - name: fails
        env: {TOKEN: "${{ secrets.TOKEN }}"}
        run: echo "$TOKEN" | rev > reversed; exit 3
"""
ENTRIES_MAX = 40


class Place:
    def __init__(self, folder):
        self.repo, self.data = folder / "repo", folder / "data"
        (self.repo / ".github/workflows").mkdir(parents=True)
        (self.repo / ".github/workflows/ci.yml").write_text(WORKFLOW)
        (folder / "secrets").write_text("TOKEN=sesame-77-street\n")
        self.secrets = folder / "secrets"
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*who, "commit", "-qm", "one"]):
            subprocess.run(["git", *words], cwd=self.repo, check=True)

    def drover(self, *words, **variables):
        done = subprocess.run([DROVER, "--data", self.data, *words], cwd=self.repo, env={**os.environ, **variables}, capture_output=True, text=True, timeout=120)
        return done

    def run(self, *words, **variables):
        return self.drover("run", "--json", "--secret-file", str(self.secrets), *words, **variables)

    def runs(self):
        return json.loads(self.drover("runs", "--json").stdout)["runs"]


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def result_of(done):
    """What a run came to: conclusions, outputs and the steps' outcomes by job."""
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["event"] == "run.ended", done.stderr
    return {job["name"]: (job["conclusion"], job["outputs"], [(s["name"], s["outcome"]) for s in job["steps"]]) for job in last["detail"]["jobs"]}


def test_killed_at_every_write_it_comes_to_the_same(place):
    undisturbed = result_of(place.run())
    assert undisturbed["first"][0] == "success" and undisturbed["first"][1] == {"value": "hello-kept"} and undisturbed["second"][0] == "failure"
    killed = 0
    for entry in range(1, ENTRIES_MAX):
        done = place.run(DROVER_CRASH_AT=f"run-journal:{entry}")
        if done.returncode != -9:
            break
        run = place.runs()[0]
        if run["outcome"] != "killed":
            break  # the last entry says that the run has ended
        resumed = place.drover("run", "--json", "--resume", run["run"])
        killed += 1
        assert result_of(resumed) == undisturbed, f"killed at entry {entry}"
    assert killed > 10


def test_what_cannot_go_on_is_told(place):
    place.run()
    run = place.runs()[0]["run"]
    ended = place.drover("run", "--resume", run)
    assert ended.returncode == 1 and "has ended" in ended.stderr
    unknown = place.drover("run", "--resume", "nowhere")
    assert unknown.returncode == 1 and "drover runs" in unknown.stderr


def test_nothing_is_kept_where_nothing_is_recorded(place):
    place.run("--no-record")
    assert place.runs() == [] and list((place.data / "runs").glob("*")) == []


def test_secrets_are_not_in_the_record(place):
    place.run()
    for path in place.data.rglob("*"):
        if path.is_file() and "snapshots" not in path.parts:
            assert b"sesame-77-street" not in path.read_bytes(), path


@pytest.mark.parametrize("step", ["1", "set", "third"])
def test_a_job_runs_again_from_a_step(place, step):
    place.run()
    run = place.runs()[0]["run"]
    done = place.drover("replay", run, "--job", "first", "--from", step, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert result_of(done)["first"][:2] == ("success", {"value": "hello-kept"})


def test_the_step_that_failed_is_where_a_replay_begins(place):
    place.run()
    run = place.runs()[0]["run"]
    done = place.drover("replay", run, "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1 and [e["step"] for e in events if e["event"] == "step.started"] == ["fails"]
    unknown = place.drover("replay", run, "--job", "second", "--from", "nowhere")
    assert unknown.returncode == 1 and "nowhere" in unknown.stderr

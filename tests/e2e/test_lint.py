"""drover lint from the outside: what it looks at, how it answers, and with which status it ends."""
import json
import os
import pty
import subprocess

import pytest

from app import DROVER

GOOD = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n    permissions: {}\n"
WRONG = GOOD.replace("run: make", "runn: make")
CI = ".github/workflows/ci.yml"


@pytest.fixture
def repository(tmp_path):
    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    write(CI, WRONG)
    write.root = tmp_path
    return write


def lint(root, *arguments, **more):
    return subprocess.run([DROVER, "lint", *arguments], cwd=root, capture_output=True, text=True, timeout=60, **more)


def test_text_shows_the_line_and_the_place(repository):
    done = lint(repository.root)
    assert done.returncode == 1 and done.stderr == ""
    assert f'{CI}:6:9: error: unknown key "runn"' in done.stdout and "[syntax-check]" in done.stdout
    assert "    6 |       - runn: make\n      |         ^~~~\n" in done.stdout
    assert done.stdout.endswith("findings in 1 file\n") and "\033" not in done.stdout


def test_clean_files_end_with_status_0(repository):
    repository(CI, GOOD)
    done = lint(repository.root)
    assert done.returncode == 0 and done.stdout == "no findings in 1 file\n"


def test_colours_on_a_terminal_and_none_when_not_wanted(repository):
    def on_terminal(environment):
        ours, theirs = pty.openpty()
        child = subprocess.Popen([DROVER, "lint"], cwd=repository.root, stdout=theirs, env=environment)
        child.wait(timeout=60)
        os.close(theirs)
        return os.read(ours, 1 << 20)
    environment = {**os.environ, "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    assert b"\033[1;31merror:\033[0m" in on_terminal(environment)
    assert b"\033" not in on_terminal({**environment, "NO_COLOR": "1"})


def test_json_is_an_array_or_an_object(repository):
    array = json.loads(lint(repository.root, "--format", "json").stdout)
    whole = json.loads(lint(repository.root, "--json").stdout)
    assert whole == {"files": 1, "findings": array}
    assert {"path", "line", "column", "end_line", "end_column", "rule", "family", "severity", "confidence", "message", "help", "fix"} == set(array[0])


def test_sarif_names_files_from_the_top(repository):
    log = json.loads(lint(repository.root, "--format", "sarif", str(repository.root / CI)).stdout)
    result = log["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": CI, "uriBaseId": "%SRCROOT%"}
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] and "docs.github.com" in rules[0]["help"]["markdown"]


def test_github_gets_commands(repository):
    for line in lint(repository.root, "--format", "github").stdout.splitlines():
        assert line.startswith(f"::error file={CI},line=6,")


def test_standard_input_is_a_workflow(repository):
    done = lint(repository.root, "-", input=WRONG)
    assert done.returncode == 1 and done.stdout.startswith("stdin.yml:6:9: ")
    done = lint(repository.root, "-", "--stdin-name", "x/action.yml", input="name: a\ndescription: b\nruns: {using: composite, steps: [{run: x, shell: sh}]}\n")
    assert done.returncode == 0, done.stdout
    assert lint(repository.root, "-", "-", input=WRONG).returncode == 2


def test_a_folder_stands_for_what_is_in_it(repository):
    repository(".github/workflows/good.yml", GOOD)
    repository("sub/action.yml", "name: a\n")
    assert "in 2 files" in lint(repository.root, ".github/workflows").stdout
    assert "in 1 file\n" in lint(repository.root / "sub", ".").stdout


def test_settings_of_the_repository_and_of_the_command_line(repository):
    repository("drover.yaml", "lint: {rules: {syntax-check: off}}\n")
    assert lint(repository.root, CI).returncode == 0
    repository("other.yml", "rules: {}\n")
    assert lint(repository.root, CI, "--config", "other.yml").returncode == 1
    repository("other.yml", "lint: {rules: {syntax-chek: off}}\n")
    done = lint(repository.root, CI, "--config", "other.yml")
    assert done.returncode == 2 and "other.yml:1:16: " in done.stderr and 'did you mean "syntax-check"?' in done.stderr
    assert lint(repository.root, CI, "--config", "gone.yml").returncode == 2


def test_family_and_severity_narrow_what_is_found(repository):
    assert lint(repository.root, "--family", "security").returncode == 0
    assert lint(repository.root, "--min-severity", "error").returncode == 1


def test_a_rule_is_explained(repository):
    done = lint(repository.root, "--explain", "if-cond")
    assert done.returncode == 0 and done.stdout.startswith("if-cond\n") and "This is found:" in done.stdout
    assert json.loads(lint(repository.root, "--explain", "if-cond", "--json").stdout)["page"].startswith("# if-cond\n")
    done = lint(repository.root, "--explain", "if-cnd")
    assert done.returncode == 2 and 'did you mean "if-cond"?' in done.stderr


def test_rules_are_listed(repository):
    listed = json.loads(lint(repository.root, "--rules", "--json").stdout)["rules"]
    assert {"if-cond", "syntax-check", "ignore"} <= {rule["rule"] for rule in listed}
    text = lint(repository.root, "--rules").stdout
    assert all(rule["rule"] in text for rule in listed)


def test_nothing_to_look_at_is_said(tmp_path):
    done = lint(tmp_path)
    assert done.returncode == 1 and "nothing to look at" in done.stderr

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
    assert "\n2 findings in 1 file\n" in done.stdout and "\033" not in done.stdout


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
    both = lint(repository.root, "--json", "--format", "sarif")
    assert both.returncode == 2 and "leave out one of --json and --format" in both.stderr


def test_a_file_that_cannot_be_read_does_not_hide_the_others(repository):
    repository(".github/workflows/large.yml", "#" * (1 << 20) + "\n")
    done = lint(repository.root)
    assert done.returncode == 1 and f"{CI}:6:9: error:" in done.stdout, done.stderr
    assert ".github/workflows/large.yml: error: the file cannot be read" in done.stdout
    named = lint(repository.root, ".github/workflows/large.yml")
    assert named.returncode == 1 and "is larger than" in named.stderr


def test_a_folder_without_anything_is_named(repository):
    (repository.root / "empty").mkdir()
    done = lint(repository.root, "empty")
    assert done.returncode == 1 and "nothing to look at: empty has no workflow" in done.stderr


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


def test_fix_mends_and_shows_what_is_left(repository):
    done = lint(repository.root, "--fix")
    assert done.returncode == 1 and "0 fixed in 0 files, 1 more could be with --unsafe-fixes\n2 findings left in 1 file" in done.stdout
    (repository.root / CI).chmod(0o640)
    done = lint(repository.root, "--fix", "--unsafe-fixes")
    assert done.returncode == 0 and done.stdout.endswith("1 fixed in 1 file\nno findings left in 1 file\n")
    assert (repository.root / CI).read_text() == GOOD
    assert (repository.root / CI).stat().st_mode & 0o777 == 0o640


def test_diff_is_a_patch_and_changes_nothing(repository):
    done = lint(repository.root, "--diff", "--unsafe-fixes")
    assert done.returncode == 1 and (repository.root / CI).read_text() == WRONG
    assert done.stderr == "1 would be fixed in 1 file\nno findings left in 1 file\n"
    subprocess.run(["git", "apply", "-"], cwd=repository.root, input=done.stdout, text=True, check=True)
    assert (repository.root / CI).read_text() == GOOD
    again = lint(repository.root, "--diff", "--unsafe-fixes")
    assert again.returncode == 0 and again.stdout == ""


def test_fixes_for_programs(repository):
    found = json.loads(lint(repository.root, "--format", "json").stdout)
    assert [finding["fix"]["edits"] for finding in found if finding["fix"] is not None] == [
        [{"line": 6, "column": 9, "end_line": 6, "end_column": 13, "text": "run"}]]
    whole = json.loads(lint(repository.root, "--json", "--diff", "--unsafe-fixes").stdout)
    assert whole["findings"] == [] and whole["fixed"][0]["path"] == CI and whole["fixed"][0]["diff"].startswith(f"--- a/{CI}\n")


def test_what_cannot_be_fixed_is_wrong_use(repository):
    for arguments in (["--fix", "-"], ["--unsafe-fixes"], ["--diff", "--format", "sarif"]):
        assert lint(repository.root, *arguments, input=WRONG).returncode == 2

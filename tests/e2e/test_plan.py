"""drover plan: what a workflow is going to do, or everything that GitHub would refuse, for people and for scripts."""

MAIN = """\
name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        version: [1, 2]
    steps:
      - run: echo ${{ matrix.version }}
  deploy:
    needs: test
    uses: ./.github/workflows/deploy.yml
    with:
      stage: production
"""
DEPLOY = """\
on:
  workflow_call:
    inputs:
      stage: {type: string, required: true}
jobs:
  put:
    uses: tools/flows/.github/workflows/put.yml@v1
"""
PUT = """\
on: workflow_call
jobs:
  copy:
    runs-on: ubuntu-latest
    steps:
      - run: "true"
"""
FILE = ".github/workflows/main.yml"


def write_all(app):
    app.write(FILE, MAIN)
    app.write(".github/workflows/deploy.yml", DEPLOY)


def test_a_plan_for_a_script(app):
    write_all(app)
    done = app.drover("plan", FILE, "--json")
    assert done.status == 0, done.out + done.err
    jobs = {job["id"]: job for job in done.json["jobs"]}
    assert [leg["name"] for leg in jobs["test"]["legs"]] == ["test (1)", "test (2)"]
    assert jobs["deploy"]["needs"] == ["test"]
    assert jobs["deploy"]["workflow"]["jobs"][0]["workflow"] is None  # nobody said where other repositories lie
    assert done.json["checks"] == ["test (1)", "test (2)", "deploy / put"]


def test_a_plan_for_people(app):
    write_all(app)
    done = app.drover("plan", FILE)
    assert done.status == 0, done.out + done.err
    for words in ("test (2)", "calls ./.github/workflows/deploy.yml, after test", "put.yml@v1 (not looked at)"):
        assert words in done.out, words


def test_a_job_with_a_name_is_shown_with_the_id_that_others_wait_for(app):
    app.write(".github/workflows/named.yml", "on: push\njobs:\n  a: {name: First, runs-on: x, steps: [{run: x}]}\n"
              "  b: {needs: a, runs-on: x, steps: [{run: x}]}\n")
    done = app.drover("plan", ".github/workflows/named.yml")
    assert "First  a   x\n" in done.out and "b      b   x, after a\n" in done.out, done.out


def test_another_repository_as_files_and_as_git(app, tmp_path):
    write_all(app)
    files = tmp_path / "files/tools/flows/v1/.github/workflows/put.yml"
    files.parent.mkdir(parents=True)
    files.write_text(PUT)
    clone = tmp_path / "git/tools/flows"
    (clone / ".github/workflows").mkdir(parents=True)
    (clone / ".github/workflows/put.yml").write_text(PUT)
    for argv in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "one"], ["tag", "v1"]):
        app.git("-C", clone, *argv)
    for folder in ("files", "git"):
        done = app.drover("plan", FILE, "--json", "--actions", tmp_path / folder)
        assert done.status == 0, done.out + done.err
        assert done.json["checks"][-1] == "deploy / put / copy"


def test_everything_that_is_wrong_is_told_at_once(app, tmp_path):
    write_all(app)
    (tmp_path / "none").mkdir()
    app.edit(FILE, "stage: production", "stag: production")
    done = app.drover("plan", FILE, "--json", "--actions", tmp_path / "none")
    assert done.status == 1
    assert [(error["path"], error["line"]) for error in done.json["errors"]] == [
        (".github/workflows/deploy.yml", 7), (FILE, 13), (FILE, 15)]
    told = app.drover("plan", FILE, "--actions", tmp_path / "none")
    assert told.status == 1 and f"{FILE}:15:7: .github/workflows/deploy.yml knows no input \"stag\"" in told.out


def test_a_file_that_is_not_there_is_an_error_and_no_finding(app):
    done = app.drover("plan", ".github/workflows/none.yml", "--json")
    assert done.status == 1 and "none.yml" in done.err

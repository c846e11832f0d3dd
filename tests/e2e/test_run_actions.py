"""JavaScript actions reach the services of jobs from wherever a job stands, in repositories and environments of any name."""
import pytest

from jobs import Jobs

ACTION = """\
name: services
description: tells whether the services of jobs answer
runs: {using: node20, main: main.js}
"""
MAIN = """\
const url = process.env.ACTIONS_RESULTS_URL + "twirp/github.actions.results.api.v1.ArtifactService/ListArtifacts";
const [, run, job] = JSON.parse(Buffer.from(process.env.ACTIONS_RUNTIME_TOKEN.split(".")[1], "base64url")).scp.split(":");
const body = JSON.stringify({workflow_run_backend_id: run, workflow_job_run_backend_id: job});
const headers = {"content-type": "application/json", authorization: "Bearer " + process.env.ACTIONS_RUNTIME_TOKEN};
fetch(url, {method: "POST", headers, body}).then(answer => console.log(`answer ${answer.status} for ${job}`));
"""
USE = """\
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./services
"""


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(tmp_path)
    made.write("services/action.yml", ACTION)
    made.write("services/main.js", MAIN)
    yield made
    made.close()


@pytest.mark.parametrize("head, tail, names", [
    ("  plain:\n" + USE, "", ["plain"]),
    ("  leg:\n    strategy: {matrix: {v: [x, y]}}\n" + USE, "", ["leg.0", "leg.1"]),
    ("  call:\n    strategy: {matrix: {v: [x]}}\n    uses: ./.github/workflows/called.yml\n", "  inner:\n" + USE, ["call.0.inner"]),
], ids=["a-plain-job", "a-leg-of-a-matrix", "a-job-of-a-called-workflow"])
def test_services_answer(jobs, head, tail, names):
    if tail:
        jobs.write(".github/workflows/called.yml", "on: workflow_call\njobs:\n" + tail)
    jobs.commit("on: push\njobs:\n" + head)
    ran = jobs.run()
    assert ran.status == 0, ran.err
    for name in names:
        assert f"answer 200 for {name}\n" in ran.out


def test_an_environment_may_have_any_name(jobs):
    jobs.commit("on: push\njobs:\n  a:\n    environment: ${{ github.ref }}\n    runs-on: ubuntu-latest\n    steps: [run: 'echo [${{ secrets.X }}]']\n")
    ran = jobs.run()
    assert ran.status == 0, ran.err
    assert "a | []\n" in ran.out


def test_a_repository_may_have_any_name(jobs):
    jobs.repo = jobs.repo.rename(jobs.folder / "My_Shop.git")
    jobs.commit("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [run: 'echo $GITHUB_REPOSITORY']\n")
    ran = jobs.run()
    assert ran.status == 0, ran.err

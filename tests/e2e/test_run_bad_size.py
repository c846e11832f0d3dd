"""Workflows that are too large, or whose parts are not there: an answer within seconds, and a message that names what is wrong."""
import re
import time

import pytest

from jobs import Jobs


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(tmp_path)
    yield made
    made.close()


def test_256_legs_of_a_matrix(jobs):
    numbers = ", ".join(map(str, range(16)))
    jobs.commit(f"""\
        on: push
        jobs:
          many:
            runs-on: ubuntu-latest
            strategy: {{matrix: {{a: [{numbers}], b: [{numbers}]}}}}
            steps: [{{run: 'echo "leg ${{{{ matrix.a }}}} of ${{{{ matrix.b }}}}"'}}]
        """)
    done = jobs.run(timeout=120)
    assert done.status == 0, done.err
    assert len(set(re.findall(r"\| (leg \d+ of \d+)$", done.out, re.M))) == 256
    assert jobs.left() == []


def test_257_legs_are_too_many(jobs):
    jobs.commit(f"""\
        on: push
        jobs:
          many:
            runs-on: ubuntu-latest
            strategy: {{matrix: {{a: [{", ".join(map(str, range(257)))}]}}}}
            steps: [{{run: "true"}}]
        """)
    done = jobs.run()
    assert done.status == 1 and "256" in done.err, done.err


@pytest.mark.parametrize("isolation", ["full", "none"])
def test_1000_steps(jobs, isolation):
    steps = "\n".join("    - run: echo step" for _ in range(1000))
    jobs.commit("on: push\njobs:\n  long:\n    runs-on: ubuntu-latest\n    steps:\n" + steps + "\n")
    began = time.monotonic()
    done = jobs.run("--isolation", isolation, timeout=120)
    assert done.status == 0 and time.monotonic() - began < 60, done.err
    assert done.out.count("| step\n") == 1000
    assert jobs.left() == []


SIZE_CASES = {
    "an output of 2 MB": ("""printf 'big=%s\\n' "$(head -c 2000000 /dev/zero | tr '\\0' x)" >> $GITHUB_OUTPUT""", 1, "outputs: with \"big\" they are larger than 1024 KiB"),
    "an environment of 1 MB": ("""head -c 1000000 /dev/zero | tr '\\0' x | sed 's/^/BIG=/' >> $GITHUB_ENV; echo >> $GITHUB_ENV""", 1, "Argument list too long"),
    "an environment of many small parts": ("""seq 200000 | sed 's/.*/NAME_&=value/' >> $GITHUB_ENV""", 1, "Argument list too long"),
    "an expression that fails at run time": ("""echo 'text={' >> $GITHUB_OUTPUT""", 1, "fromJSON"),
}


@pytest.mark.parametrize("isolation", ["full", "none"])
@pytest.mark.parametrize("what", SIZE_CASES)
def test_what_is_too_large(jobs, what, isolation):
    script, status, says = SIZE_CASES[what]
    use = "echo ${{ fromJSON(steps.s.outputs.text).a }}" if "run time" in what else "echo it is used"
    jobs.commit(f"""\
        on: push
        jobs:
          big:
            runs-on: ubuntu-latest
            outputs: {{big: "${{{{ steps.s.outputs.big }}}}"}}
            steps:
            - id: s
              run: |
                {script}
            - run: {use}
          next:
            needs: big
            if: always()
            runs-on: ubuntu-latest
            steps: [{{run: "echo got ${{{{ needs.big.result }}}}"}}]
        """)
    done = jobs.run("--isolation", isolation)
    assert jobs.left() == []
    assert "| got" in done.out, done.out[-2000:]
    assert done.status == status, (done.out[-1500:], done.err[-1500:])
    assert re.search(says, done.out + done.err), (done.out[-1500:], done.err[-1500:])


# ---- actions ----

ACTION_CASES = {
    "one that is not in the store": ({}, "octo/none@v1", "octo/none"),
    "one that is not in the repository": ({}, "./actions/none", "actions/none"),
    "a folder without an action": ({"actions/a/README": "x"}, "./actions/a", "action.ya?ml"),
    "no YAML": ({"actions/a/action.yml": "runs: [1"}, "./actions/a", "action.yml:2:1: not YAML"),
    "no runs": ({"actions/a/action.yml": "name: a\ndescription: a\n"}, "./actions/a", "runs"),
    "an unknown kind": ({"actions/a/action.yml": "name: a\nruns: {using: node99, main: x.js}\n"}, "./actions/a", "node99"),
    "a script that is not there": ({"actions/a/action.yml": "name: a\ndescription: a\nruns: {using: node20, main: x.js}\n"}, "./actions/a", "x.js"),
    "one that uses itself": ({"actions/a/action.yml": "name: a\ndescription: a\nruns: {using: composite, steps: [{uses: ./actions/a}]}\n"}, "./actions/a", "itself|deep|levels|nest"),
    "two that use each other": ({"actions/a/action.yml": "name: a\ndescription: a\nruns: {using: composite, steps: [{uses: ./actions/b}]}\n",
                                 "actions/b/action.yml": "name: a\ndescription: a\nruns: {using: composite, steps: [{uses: ./actions/a}]}\n"}, "./actions/a", "itself|deep|levels|nest"),
    "a step without a shell": ({"actions/a/action.yml": "name: a\ndescription: a\nruns: {using: composite, steps: [{run: echo x}]}\n"}, "./actions/a", "shell"),
    "a path that leaves the repository": ({}, "./../../etc", r"\.\."),
}


@pytest.mark.parametrize("isolation", ["full", "none"])
@pytest.mark.parametrize("what", ACTION_CASES)
def test_a_wrong_action_is_named(jobs, what, isolation):
    files, uses, says = ACTION_CASES[what]
    for path, text in files.items():
        jobs.write(path, text)
    jobs.commit(f"""\
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
            - uses: actions/checkout@v4
            - uses: {uses}
        """)
    done = jobs.run("--isolation", isolation, "--offline")
    assert done.status == 1, done.out + done.err
    assert re.search(says, done.out + done.err), done.out + done.err
    assert jobs.left() == []


LOCK_CASES = {
    "with another hash": "# drover actions.lock 1\nocto/a@v1 - sha256:" + "0" * 64 + "\n",
    "that is broken": "# drover actions.lock 1\nocto/a@v1 nothing\n",
    "of a later format": "# drover actions.lock 99\n",
    "that is no text": "\0\1\2",
}


@pytest.mark.parametrize("what", LOCK_CASES)
def test_a_lock_that_does_not_fit_is_refused(jobs, what):
    store = jobs.folder / "store/octo/a/v1"
    store.mkdir(parents=True)
    (store / "action.yml").write_text("name: a\ndescription: a\nruns: {using: composite, steps: [{run: echo ran it, shell: bash}]}\n")
    jobs.write(".github/actions.lock", LOCK_CASES[what])
    jobs.commit("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{uses: octo/a@v1}]}}\n")
    done = jobs.run("--actions", str(jobs.folder / "store"), "--locked")
    assert done.status == 1 and re.search("actions.lock|is locked to", done.err), done.out + done.err
    assert "| ran it" not in done.out
    assert jobs.left() == []


def test_a_link_out_of_an_actions_folder_shows_nothing(jobs):
    (jobs.folder / "secret").write_text("hidden words")
    store = jobs.folder / "store/octo/a/v1"
    store.mkdir(parents=True)
    (store / "data").symlink_to(jobs.folder / "secret")
    (store / "action.yml").write_text("name: a\ndescription: a\nruns: {using: composite, steps: [{run: cat $GITHUB_ACTION_PATH/data, shell: bash}]}\n")
    jobs.commit("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{uses: octo/a@v1}]}}\n")
    done = jobs.run("--actions", str(jobs.folder / "store"))
    assert "hidden words" not in done.out + done.err
    assert done.status == 1, done.out + done.err
    assert jobs.left() == []


# ---- containers ----

CONTAINER_CASES = {
    "an image that is not there": ("container: localhost:1/none:1", "localhost:1/none"),
    "a service whose image is not there": ("services: {db: {image: 'localhost:1/none:1'}}", "localhost:1/none"),
    "an image that is no name": ("container: 'NOT A NAME'", "NOT A NAME"),
}


@pytest.mark.parametrize("what", CONTAINER_CASES)
def test_a_container_that_cannot_be_had(jobs, what):
    line, says = CONTAINER_CASES[what]
    jobs.commit(f"""\
        on: push
        jobs:
          a:
            runs-on: ubuntu-latest
            {line}
            steps: [{{run: echo ran}}]
        """)
    done = jobs.run(timeout=90)
    assert done.status == 1, done.out + done.err
    assert says in done.out + done.err
    assert jobs.left() == []

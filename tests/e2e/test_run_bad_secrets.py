"""A secret is never seen, however a job hands it out: not on the terminal, in no JSON, and in no file of the data folder."""
import base64
import json
import urllib.parse

import pytest

from jobs import Jobs, files_with

SECRET = 'Gr8&"quoted" pa/ss+word~xyz'
LINES = "-----BEGIN KEY-----\nMIIabcdefghijkl\nSecondLineOfKey99\n-----END KEY-----"


def forms(secret):
    """What must not be found: the secret, its lines, and its usual encodings."""
    found = {secret, json.dumps(secret)[1:-1], urllib.parse.quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")}
    return found | {line for line in secret.splitlines() if len(line) > 8}


WAYS = {
    "whole": 'printf "%s\\n" "$KEY"',
    "in two writes": 'printf "%s" "${KEY:0:9}"; sleep 0.2; printf "%s\\n" "${KEY:9}"',
    "in base64": 'printf "%s" "$KEY" | base64 -w0',
    "in JSON and a URL": "python3 -c 'import json,os,urllib.parse as u;k=os.environ[\"KEY\"];print(json.dumps(k));print(u.quote(k,safe=\"\"))'",
    "in an annotation": 'echo "::error title=$KEY,file=$KEY::the key is $KEY"',
    "in a group, a notice and a debug line": 'echo "::group::$KEY"; echo "::notice::$KEY"; echo "::debug::$KEY"; echo "::endgroup::"',
    "in a summary": 'printf "%s\\n" "$KEY" >> $GITHUB_STEP_SUMMARY',
    "in an output, a state and the environment": 'echo "a=${KEY%%$\'\\n\'*}" >> $GITHUB_OUTPUT; echo "b=$KEY" >> $GITHUB_STATE || true; printf "c<<E\\n%s\\nE\\n" "$KEY" >> $GITHUB_ENV',
    "in a malformed file": 'printf "%s\\n" "$KEY" >> $GITHUB_OUTPUT; exit 1',
    "in the trace of a shell": "set -x; : \"$KEY\"; test \"$KEY\" = x || true",
    "in the name of a program": '"/$KEY" || true',
    "in an unknown command": 'echo "::unknown $KEY::"; echo "::stop-commands::$KEY"',
    "unmasked until now": "",
}

WORKFLOW = """\
on: push
env: {{ALL: "${{{{ secrets.KEY }}}}"}}
jobs:
  show:
    runs-on: ubuntu-latest
    outputs:
      key: ${{{{ secrets.KEY }}}}
      a: ${{{{ steps.s.outputs.a }}}}
    steps:
    - id: s
      env: {{KEY: "${{{{ secrets.KEY }}}}"}}
      shell: bash {{0}}
      run: |
        {script}
        exit 0
    - name: named ${{{{ secrets.KEY }}}}
      if: always()
      run: |
        echo "${{{{ secrets.KEY }}}}" | cat
        false
    - name: expression
      if: always()
      working-directory: ${{{{ secrets.KEY }}}}
      run: echo ${{{{ fromJSON(secrets.KEY) }}}}
  after:
    needs: show
    if: always()
    runs-on: ubuntu-latest
    steps:
    - run: echo "${{{{ toJSON(needs) }}}}" | cat
"""


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("secret", [SECRET, LINES], ids=["one line", "several lines"])
@pytest.mark.parametrize("view", [("--json",), ("--verbose", "--debug")], ids=["json", "text"])
@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_never_seen(jobs, way, view, secret):
    jobs.commit(WORKFLOW.format(script=WAYS[way]))
    done = jobs.run(*view, "--secret", "KEY", env={"KEY": secret})
    assert done.status == 1, done.err
    assert jobs.left() == []
    assert "***" in done.out
    for form in forms(secret):
        assert form not in done.out and form not in done.err, form
        assert files_with(jobs.data, form) == []

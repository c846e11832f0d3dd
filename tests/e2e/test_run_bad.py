"""What a hostile or broken job does to a run: it ends as GitHub's would, says why, and leaves nothing on the machine."""
import re
from dataclasses import dataclass

import pytest

from jobs import Jobs

BOTH = ("full", "none")
FULL = ("full",)


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(tmp_path)
    yield made
    made.close()


@dataclass
class Row:
    script: str
    says: tuple = ()      # regular expressions that the output holds
    fails: bool = False
    isolation: tuple = BOTH
    options: tuple = ()
    job: str = ""
    seconds: int = 30
    next_step: bool = True  # whether the step after it can still run


OUTPUT_CASES = {
    "bytes that are no UTF-8": Row(r"printf 'a\377\376b\n\303(\n'", ("a\ufffd\ufffdb",)),
    "NUL bytes": Row(r"printf 'a\0b\n'", ("a\ufffdb",)),
    "a line of 10 MB": Row("head -c 10000000 /dev/zero | tr '\\0' x; echo; echo after it", ("after it",)),
    "200 MB without a newline": Row("head -c 200000000 /dev/zero | tr '\\0' x; exit 3", ("ended with status 3",), fails=True, options=("--quiet",), seconds=60),
    "a flood of escape sequences": Row("yes $'\\e[31m\\e[2J\\e[10000A' | head -c 2000000; echo; echo after it", ("after it",)),
    "a step that closes its output": Row("exec >&- 2>&-; sleep 0.2; exit 4", ("ended with status 4",), fails=True),
    "a child that writes on after its step": Row("(trap '' HUP; while echo flood; do :; done) & sleep 0.1; echo parent ends", ("parent ends", "left running")),
    "an unfinished command": Row("printf '::error file=a'; printf '\\n::set-output\\n::add-mask::\\n::stop-commands::\\n'; echo after it", ("after it", "stop-commands:: needs"), fails=True),
}

PROCESS_CASES = {
    "children that outlive it": Row("sleep 1000 & nohup sleep 1000 & setsid sleep 1000 & sleep 0.1", ("left running",)),
    "a daemon": Row("setsid sh -c 'setsid sleep 1000 & exit' & sleep 0.2", ("left running",)),
    "a daemon without an environment": Row("env -i setsid /bin/sh -c '/usr/bin/setsid /bin/sleep 1000 & exit' & sleep 0.2"),
    "children that ignore every signal": Row("for i in 1 2 3; do (trap '' INT TERM HUP; while :; do sleep 1; done) & done", ("left running",)),
    "a maker of zombies": Row("exec python3 -c 'import os\nfor i in range(200):\n  if os.fork() == 0: os._exit(0)'"),
    "a fork bomb": Row("b() { b | b & }; b; sleep 1; exit 0", isolation=FULL, options=("--pids", "100"), seconds=40, next_step=False),
    "one that kills every process it sees": Row("kill -9 -1; sleep 1; echo is still here", isolation=FULL, next_step=False),
    "one that kills the first process": Row("kill -9 1; kill -15 1; kill -2 1; sleep 0.1; echo still here", ("still here",), isolation=FULL),
    "one that ignores its timeout": Row("trap '' INT TERM; while :; do sleep 0.1; done", ("tim",), fails=True, job="timeout-minutes: 0.02"),
    "one that stops itself": Row("kill -STOP $$; echo went on", ("tim",), fails=True, job="timeout-minutes: 0.02", seconds=40),
    "one that takes all memory": Row("tail /dev/zero", ("ended with status 137",), fails=True, isolation=FULL, options=("--memory", "64")),
}

FILE_CASES = {
    "a folder of 300 levels": Row("for i in $(seq 300); do mkdir a-folder-with-a-long-name && cd a-folder-with-a-long-name; done; echo made", ("made",)),
    "files and folders without permissions": Row("mkdir -p x/y; touch x/y/z; chmod 0 x/y/z x/y x . "),
    "names that are no text": Row(r"touch $'\n' $'\377\376' -- '-rf' '*' ' '"),
    "an immutable file": Row("touch x; mkdir d; chattr +i x d || true"),
    "a loop of links": Row("ln -s b a; ln -s a b; ln -s / root; ln -s . here; mkfifo pipe"),
    "twenty thousand files": Row("mkdir many; cd many; seq 20000 | xargs touch", seconds=60),
    "the workspace is replaced by a link": Row("cd /; mv $GITHUB_WORKSPACE $GITHUB_WORKSPACE.old && ln -s /etc $GITHUB_WORKSPACE || true"),
    "the workspace cannot be entered": Row("chmod 0 $GITHUB_WORKSPACE"),
    "the folder of temporary files is removed": Row("rm -rf $RUNNER_TEMP || true; echo gone", next_step=False),
    "the folder of temporary files is replaced by a link": Row("mv $RUNNER_TEMP $RUNNER_TEMP.old || rm -rf $RUNNER_TEMP/*; ln -s /etc $RUNNER_TEMP || true", next_step=False),
    "the home is removed": Row("rm -rf $HOME 2>/dev/null; true", next_step=False),
    "the event's file is removed": Row("rm -f $GITHUB_EVENT_PATH"),
    "the event's file is replaced by a pipe": Row("rm -f $GITHUB_EVENT_PATH; mkfifo $GITHUB_EVENT_PATH"),
}


def place_cases():
    """Each of the five files, spoilt in each way."""
    spoils = {
        "without an equals sign": ("echo nothing >> $F", "expected NAME=VALUE", ("ENV", "OUTPUT", "STATE")),
        "with an open heredoc": ("printf 'a<<END\\nvalue\\n' >> $F", "is missing", ("ENV", "OUTPUT", "STATE")),
        "with an empty name": ("echo =x >> $F", "name is empty", ("ENV", "OUTPUT", "STATE")),
        "of 100 MB": ("head -c 100000000 /dev/zero > $F", "larger than", ("ENV", "OUTPUT", "STATE", "PATH", "STEP_SUMMARY")),
        "that is a pipe": ("rm $F; mkfifo $F", "no file any more", ("ENV", "OUTPUT", "STATE", "PATH", "STEP_SUMMARY")),
        "that is a link to a secret file": ("rm $F; ln -s /etc/shadow $F", "no file any more", ("ENV", "OUTPUT", "STATE", "PATH", "STEP_SUMMARY")),
        "that is a link to a device": ("rm $F; ln -s /dev/zero $F", "no file any more", ("ENV", "OUTPUT", "STATE", "PATH", "STEP_SUMMARY")),
        "that is a folder": ("rm $F; mkdir -p $F/a", "no file any more", ("ENV", "OUTPUT", "STATE", "PATH", "STEP_SUMMARY")),
        "that is gone": ("rm $F", "", ("ENV", "OUTPUT", "STATE", "PATH", "STEP_SUMMARY")),
        "with NUL bytes": ("printf 'a=b\\0c\\n' >> $F", "", ("ENV", "OUTPUT", "STATE")),
        "with NODE_OPTIONS": ("echo NODE_OPTIONS=--require=./x.js >> $F", "NODE_OPTIONS", ("ENV",)),
        "with LD_PRELOAD": ("echo LD_PRELOAD=/nothing.so >> $F", "", ("ENV",)),
    }
    for spoil, (script, says, names) in spoils.items():
        for name in names:
            fails = bool(says) and name != "STEP_SUMMARY" and spoil != "with NODE_OPTIONS"
            yield f"GITHUB_{name} {spoil}", Row(script.replace("$F", f"$GITHUB_{name}"), (says,) if says else (), fails)


ROWS = {**OUTPUT_CASES, **PROCESS_CASES, **FILE_CASES, **dict(place_cases())}


@pytest.mark.parametrize("claim,isolation", [(claim, kind) for claim, row in ROWS.items() for kind in row.isolation])
def test_a_bad_step_leaves_nothing(jobs, claim, isolation):
    row = ROWS[claim]
    done = jobs.run_steps(row.script, "--isolation", isolation, *row.options, job=row.job, timeout=row.seconds)
    text = done.out + done.err
    assert jobs.left() == []
    for pattern in row.says:
        assert re.search(pattern, text), text[-3000:]
    if row.next_step:
        assert done.status == (1 if row.fails else 0), text[-3000:]
        assert "the step after it" in done.out or "--quiet" in row.options, text[-3000:]
    assert "the next job" in done.out or "--quiet" in row.options, text[-3000:]

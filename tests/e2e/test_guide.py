"""docs/guide: every command is run, in order, in an empty folder; what a page shows below a command must be what it prints."""
import os
import pathlib
import re
import subprocess

import pytest

from app import DROVER, TOP, free_port

BLOCK = re.compile(r"^```(console|file) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_page(page, folder, port):
    text = page.read_text().replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    binaries = folder / "bin"
    binaries.mkdir()
    (binaries / "drover").symlink_to(pathlib.Path(DROVER).resolve())
    env = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}", "DROVER_DATA": str(folder / "data"), "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
           "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}
    where, ran = folder, 0
    for kind, name, body in BLOCK.findall(text):
        if kind == "file":
            target = where / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(body)
            continue
        for command, shown in re.findall(r"^# (.*)\n((?:(?!# ).*\n)*)", body, re.MULTILINE):
            done = subprocess.run(["bash", "-ec", f"{command}\npwd > {folder}/cwd"], cwd=where, env=env, text=True, capture_output=True, timeout=180)
            assert done.returncode == 0, f"{page.name}: {command}: {done.stdout}{done.stderr}"
            assert not shown or done.stdout == shown, f"{page.name}: {command} printed {done.stdout!r}, the page shows {shown!r}"
            where, ran = pathlib.Path((folder / "cwd").read_text().strip()), ran + 1
    return ran


@pytest.mark.parametrize("page", sorted((TOP / "docs" / "guide").glob("*.md")), ids=lambda p: p.stem)
def test_every_command_of_the_guide_works(page, tmp_path):
    port = free_port()
    try:
        assert run_page(page, tmp_path, port) > 0
    finally:
        subprocess.run([DROVER, "--data", tmp_path / "data", "down", "dev", "--project", "hello", "--yes"], capture_output=True)

"""Bad input: a clear message that names the place, exit status 1, 2 or 3, and nothing changed."""
import os
import pathlib
import shutil
import socket
import stat
import subprocess

import pytest

from app import App

FILE_CASES = {
    "drover.yaml is not YAML": ("drover.yaml", "version: 1", "version: [1", r"drover.yaml:"),
    "an unknown key": ("drover.yaml", "replicas: 2", "replica: 2", "drover.yaml:10:5: "),
    "a wrong type": ("drover.yaml", "port: 8000", "port: 80a", "drover.yaml:9:11: "),
    "a duration without a unit": ("drover.yaml", "timeout: 2s", "timeout: 2", "drover.yaml:11:55: "),
    "a service's image refers to nothing": ("drover.yaml", "image: web", "image: wbe", "drover.yaml:8:12: "),
    "a route's service refers to nothing": ("drover.yaml", "service: web", "service: api", "drover.yaml:13:24: "),
    "a check that is not in the commit": ("drover.yaml", "workflows/ci.yml", "workflows/gone.yml", "gone.yml"),
    "a strategy that is not there yet": ("drover.yaml", "strategy: blue-green", "strategy: canary", "drover.yaml:15:83: "),
    "a workflow that needs what is not there": (".github/workflows/ci.yml", "runs-on: ubuntu-latest", "runs-on: ubuntu-latest\n    needs: nothing", "ci.yml:5:12: "),
    "a workflow with an action that cannot be run": (".github/workflows/ci.yml", "actions/checkout@", "acme/deploy@", "ci.yml:7: "),
    "a workflow with an unknown key": (".github/workflows/ci.yml", "runs-on:", "run-on:", "ci.yml:4:5: "),
    "a workflow with a broken expression": (".github/workflows/ci.yml", "test -s www/index.html", "echo ${{ github. }}", "ci.yml:9:"),
}


@pytest.mark.parametrize("claim", FILE_CASES)
def test_bad_file_is_named_with_its_place(app, claim):
    path, old, new, place = FILE_CASES[claim]
    app.edit(path, old, new)
    app.commit("bad")
    done = app.ship()
    assert done.status == 1, done.err
    assert place in done.err, done.err
    assert nothing_changed(app)


def nothing_changed(app):
    return app.containers() == [] and app.routers() == [] and app.drover("releases", "--project", app.project, "--json").json["releases"] == []


USAGE_CASES = {
    "no command": [],
    "an unknown command": ["shipp"],
    "an unknown option": ["ship", "--enviroment", "dev"],
    "an option without its value": ["ship", "--env"],
    "too many arguments": ["status", "dev", "uat"],
    "a value of the wrong type": ["serve", "--listen"],
}


@pytest.mark.parametrize("claim", USAGE_CASES)
def test_wrong_use_ends_with_status_2(app, claim):
    done = app.drover(*USAGE_CASES[claim])
    assert done.status == 2 and "sage" in done.err, done.err
    assert not app.data.exists()


def test_unknown_command_suggests_the_nearest(app):
    assert "ship" in app.drover("shipp").err


def test_no_repository(app, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    app.repo = empty
    done = app.ship()
    assert done.status == 1 and "git" in done.err and "repository" in done.err


def test_repository_without_a_commit(app):
    done = app.ship()
    assert done.status == 1 and "commit" in done.err


def test_unknown_ref(app):
    app.commit("one")
    done = app.ship("no-such-branch")
    assert done.status == 1 and "no-such-branch" in done.err
    assert nothing_changed(app)


def test_unknown_environment_names_those_that_are_there(app):
    app.commit("one")
    done = app.drover("ship", "--env", "prod")
    assert done.status == 1 and "prod" in done.err and "dev" in done.err


def test_commit_without_a_project_file(app):
    (app.repo / "drover.yaml").unlink()
    app.commit("one")
    done = app.ship()
    assert done.status == 1 and "drover.yaml" in done.err


def test_secret_that_is_not_set(app):
    app.edit("drover.yaml", "port: 8000", "port: 8000\n    secrets: [API_KEY]")
    app.commit("one")
    done = app.ship()
    assert done.status == 1 and "API_KEY" in done.err and "drover secret set" in done.err
    assert nothing_changed(app)


def test_secret_reaches_the_container_and_no_command_line(app):
    app.edit("drover.yaml", "port: 8000", "port: 8000\n    secrets: [API_KEY]")
    app.edit("Dockerfile", 'CMD ["/bin/busybox", "httpd", "-f"', 'CMD ["/bin/busybox", "sh", "-c", "echo $API_KEY > /www/key; exec /bin/busybox httpd -f $0 $@"')
    app.commit("one")
    assert app.drover("secret", "set", "API_KEY", "--env", "dev", input="hush-hush-7").status == 0
    done = app.ship()
    assert done.status == 0, done.err
    assert app.get("/key") == "hush-hush-7"
    assert "hush-hush-7" not in done.err + done.out
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert b"hush-hush-7" not in entry.read_bytes()
        except OSError:
            pass
    assert "API_KEY" in app.drover("secret", "list", "--env", "dev").out


@pytest.mark.parametrize("program", ["podman", "buildah", "haproxy", "git"])
def test_missing_program_is_named(app, program):
    """In a mount namespace of its own, in which the program is a file that cannot be executed."""
    app.commit("one")
    hidden = [program, "docker"] if program == "podman" else [program]
    paths = [path for name in hidden for folder in ("/usr/bin", "/usr/sbin") if os.path.exists(path := f"{folder}/{name}")]
    hide = "".join(f"mount --bind /dev/null {path}; " for path in paths)
    done = subprocess.run(["unshare", "--mount", "bash", "-ec", hide + 'exec "$@"', "bash", *app.argv("ship", "--env", "dev")], capture_output=True, text=True, timeout=120)
    assert done.returncode == 3, done.stderr
    assert program in done.stderr and "install" in done.stderr
    assert nothing_changed(app)


def test_routers_port_in_use(app):
    app.commit("one")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", app.port))
        taken.listen()
        done = app.ship()
    assert done.status == 1 and f"127.0.0.1:{app.port}" in done.err and "another program" in done.err, done.err
    assert nothing_changed(app)


def test_serve_port_in_use(app):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = app.drover("serve", "--listen", f"127.0.0.1:{port}")
    assert done.status in (1, 3) and str(port) in done.err and "in use" in done.err


def test_full_disk_while_pushing_leaves_no_half_blob(app, tmp_path):
    app.data.mkdir()
    small = app.data / "registry"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", small], check=True)
    try:
        (app.repo / "www").mkdir(exist_ok=True)
        (app.repo / "www" / "big").write_bytes(os.urandom(8 << 20))
        app.commit("one")
        done = app.ship()
        assert done.status == 3, done.err
        assert "space" in done.err, done.err
        blobs = [p for p in small.rglob("*") if p.is_file() and p.stat().st_size > 1 << 20]
        assert blobs == []
        assert app.containers() == [] and app.drover("releases", "--json").json["releases"] == []
    finally:
        subprocess.run(["umount", small], check=True)
    shutil.rmtree(small)
    done = app.ship()
    assert done.status == 0, done.err


def test_registry_that_refuses(app):
    """A store that may not be written answers with an error; nothing is released."""
    app.edit("drover.yaml", "checks:", "registries: [drover, \"127.0.0.1:9/acme\"]\nchecks:")
    app.commit("one")
    done = app.ship()
    assert done.status == 3, done.err
    assert "127.0.0.1:9" in done.err
    assert nothing_changed(app)


def test_secrets_file_that_others_may_read_is_refused(app):
    app.commit("one")
    assert app.drover("secret", "set", "API_KEY", "--env", "dev", input="x").status == 0
    path = next((app.data / "secrets").rglob("*.json"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    done = app.ship()
    assert done.status != 0 and str(path) in done.err


def test_dead_webhook_never_fails_a_rollout(app):
    app.write("drover.yaml", (app.repo / "drover.yaml").read_text() + "notify: [{slack: SLACK_URL}]\n")
    app.commit("one")
    app.drover("secret", "set", "SLACK_URL", "--env", "dev", input="http://127.0.0.1:9/hook")
    done = app.ship()
    assert done.status == 0, done.err
    assert "not delivered" in done.err and "127.0.0.1:9" not in done.err


def test_projects_do_not_mix(tmp_path):
    one, two = App(tmp_path / "one", "mixone"), App(tmp_path / "two", "mixtwo")
    two.data = one.data
    try:
        one.commit("first"), two.commit("second")
        assert one.ship().status == 0 and two.ship().status == 0
        assert one.get() == "first" and two.get() == "second"
        assert one.drover("down", "dev", "--yes").status == 0
        assert two.get() == "second"
    finally:
        one.close(), two.close()


def test_database_that_is_not_there(app):
    """Nothing is checked or built when the migration could not run anyway."""
    app.edit("drover.yaml", "port: 8000", "port: 8000\n    migrate: {run: [/bin/busybox, true]}")
    app.commit("one")
    app.drover("secret", "set", "DATABASE_URL", "--env", "dev", input="postgres://nobody:hush@127.0.0.1:9/none")
    done = app.ship()
    assert done.status == 3, done.err
    assert "DATABASE_URL" in done.err and "127.0.0.1" in done.err and "hush" not in done.err
    assert nothing_changed(app)


def host_files(app):
    outside = app.folder / "outside"
    outside.mkdir()
    (outside / "Dockerfile").write_text("FROM scratch\nCOPY secret /secret\n")
    (outside / "secret").write_text("of the host")
    return outside


CONTEXT_CASES = {
    "a context that is a link out of the commit": lambda app: ((app.repo / "ctx").symlink_to(host_files(app)), app.edit("drover.yaml", "context: .", "context: ctx")),
    "a Dockerfile that is a link out of the commit": lambda app: ((app.repo / "Dockerfile").unlink(), (app.repo / "Dockerfile").symlink_to(host_files(app) / "Dockerfile")),
    "a context that is not there": lambda app: app.edit("drover.yaml", "context: .", "context: none"),
}


@pytest.mark.parametrize("claim", CONTEXT_CASES)
def test_image_is_built_from_the_commit_alone(app, claim):
    CONTEXT_CASES[claim](app)
    app.commit("one")
    done = app.ship()
    assert done.status == 1 and "drover.yaml:4:" in done.err and "image web" in done.err, done.err
    assert "check" not in done.err.split("error:")[0]  # known before anything runs
    assert nothing_changed(app)


def test_down_of_a_name_that_never_was(served):
    done = served.drover("down", "nope", "--yes")
    assert done.status == 1 and "nope" in done.err
    assert served.get() == "one"


def test_full_disk_for_the_data_is_called_so(app):
    app.write("big", "x" * (9 << 20))
    app.commit("one")
    app.data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", app.data], check=True)
    try:
        done = app.ship()
        assert done.status == 3 and "no space left" in done.err.lower(), done.err
    finally:
        subprocess.run(["umount", app.data], check=True)

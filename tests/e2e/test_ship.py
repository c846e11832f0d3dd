"""The line: a commit becomes a serving release, and goes back when it must."""
import json
import socket
import subprocess
import threading

from app import DROVER, wait_for
from load import Load


def test_first_ship_serves_and_is_recorded(served):
    assert served.get() == "one"
    status = served.drover("status", "--json").json
    environment = next(e for e in status["environments"] if e["environment"] == "dev")
    assert environment["release"]["number"] == 1
    assert environment["healthy"] is True
    releases = served.drover("releases", "--json").json["releases"]
    assert [r["commit"] for r in releases] == [served.git("rev-parse", "HEAD")]
    assert all(d.startswith("sha256:") for d in releases[0]["images"].values())


def test_second_release_replaces_the_first_without_a_failed_request(served):
    served.commit("two")
    with Load(f"127.0.0.1:{served.port}", paths=("/",)) as load:
        done = served.ship()
    assert done.status == 0, done.err
    assert served.get() == "two"
    assert load.requests > 50 and load.failed == 0, load.first_failure
    assert len(served.containers()) == 2  # the old ones are gone


def test_unhealthy_release_is_taken_back_under_load(served):
    served.commit("broken", healthy=False)
    with Load(f"127.0.0.1:{served.port}", paths=("/",)) as load:
        done = served.ship()
    assert done.status == 1
    assert done.json["outcome"] == "rolled-back"
    assert "404" in done.err and "web" in done.err
    assert served.get() == "one" and load.failed == 0, load.first_failure
    assert len(served.containers()) == 2
    log = served.drover("logs", "--env", "dev")
    assert log.status == 0 and "404" in log.out


def test_rollback_returns_to_the_release_before(served):
    served.commit("two")
    assert served.ship().status == 0
    done = served.drover("rollback", "dev", "--json")
    assert done.status == 0, done.err
    assert served.get() == "one"
    again = served.drover("rollback", "dev", "--to", "2")
    assert again.status == 0 and served.get() == "two"


def test_rollback_with_nothing_before_is_refused(served):
    done = served.drover("rollback", "dev")
    assert done.status == 1 and "no release before" in done.err
    assert served.get() == "one"


def test_same_commit_is_neither_checked_nor_built_again(served):
    done = served.ship()
    assert done.status == 0, done.err
    assert "already" in done.err
    assert len(served.drover("releases", "--json").json["releases"]) == 1


def test_working_directory_is_not_shipped(served):
    served.commit("two")
    served.write("www/index.html", "not committed\n")
    refused = served.ship()
    assert refused.status == 1 and "commit them" in refused.err
    assert served.get() == "one"
    done = served.ship("--allow-dirty")
    assert done.status == 0, done.err
    assert served.get() == "two"


def test_same_commit_gives_the_same_digest_in_another_folder(served, tmp_path):
    first = served.drover("releases", "--json").json["releases"][0]["images"]
    other = tmp_path / "elsewhere" / "clone"
    subprocess.run(["git", "clone", "--quiet", served.repo, other], check=True)
    done = subprocess.run([DROVER, "--data", tmp_path / "other-data", "-C", other, "build", "--env", "dev", "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["images"] == first


def test_failing_check_stops_before_a_release_exists(served):
    served.write(".github/workflows/ci.yml", (served.repo / ".github/workflows/ci.yml").read_text() + "      - run: echo so it is >&2; exit 7\n")
    served.commit("two")
    done = served.ship()
    assert done.status == 1
    assert "ci.yml" in done.err and "7" in done.err and "so it is" in done.err
    assert len(served.drover("releases", "--json").json["releases"]) == 1 and served.get() == "one"


def test_second_ship_of_an_environment_refuses_or_waits(served):
    gate = socket.create_server(("127.0.0.1", 0))  # a job sees no folder of ours, but the machine's network
    served.write(".github/workflows/ci.yml", (served.repo / ".github/workflows/ci.yml").read_text()
                 + f"      - run: read -r word </dev/tcp/127.0.0.1/{gate.getsockname()[1]}\n        shell: bash\n")
    served.commit("two")
    first = served.start("ship", "--env", "dev")
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(first.stderr), daemon=True)
    reader.start()
    wait_for(lambda: any("check" in line for line in lines), what="the first ship's check")
    second = served.ship()
    assert second.status == 1 and "dev" in second.err and str(first.pid) in second.err
    waiting = served.start("ship", "--env", "dev", "--wait", "--json")
    with gate, gate.accept()[0] as step:
        step.sendall(b"go\n")
    assert first.wait(120) == 0
    out, err = waiting.communicate(timeout=120)
    assert waiting.returncode == 0, err
    assert "waiting" in err and json.loads(out)["outcome"] == "completed"
    assert served.get() == "two"


def test_journal_tells_what_happened_and_its_chain_holds(served):
    entries = served.drover("journal", "--json").json["entries"]
    kinds = {entry["kind"] for entry in entries}
    assert "release.recorded" in kinds and any(kind.startswith("rollout.") for kind in kinds)
    assert served.drover("journal", "--verify").status == 0


def test_promotion_to_another_environment_builds_nothing(served):
    from tools import free_port
    port = free_port()
    served.edit("drover.yaml", "environments:\n", f"environments:\n  uat: {{branch: uat, hosts: [local], listen: \"127.0.0.1:{port}\"}}\n")
    served.commit("two")
    assert served.ship().status == 0
    done = served.drover("ship", "--env", "uat", "--json")
    assert done.status == 0, done.err
    assert "build web" not in done.err
    images = {r["commit"]: r["images"] for r in served.drover("releases", "--json").json["releases"]}
    assert done.json["images"] == images[done.json["commit"]]
    assert served.drover("down", "uat", "--yes").status == 0


def test_one_new_commit_to_two_environments_at_once_is_one_release(served):
    from tools import free_port
    served.edit("drover.yaml", "environments:\n", f"environments:\n  uat: {{branch: uat, hosts: [local], listen: \"127.0.0.1:{free_port()}\"}}\n")
    served.commit("two")
    both = [served.start("ship", "--env", name, "--json") for name in ("dev", "uat")]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert json.loads(out)["release"] == 2
    assert len(served.drover("releases", "--json").json["releases"]) == 2
    assert served.drover("down", "uat", "--yes").status == 0

"""The embedded registry with unmodified clients: skopeo, podman, buildah."""
import hashlib
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

from app import DROVER, wait_for


class Registry:
    def __init__(self, folder):
        self.data, self.ready = folder / "data", folder / "address"
        self.start()

    def start(self):
        self.ready.unlink(missing_ok=True)
        self.process = subprocess.Popen([DROVER, "--data", self.data, "serve", "--listen", "127.0.0.1:0", "--ready-file", self.ready],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.address = wait_for(lambda: self.ready.exists() and self.ready.read_text().strip(), what="the server")

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(20)

    def request(self, method, path, body=None, headers=None):
        request = urllib.request.Request(f"http://{self.address}{path}", method=method, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def stored_blobs(self):
        return [p for p in (self.data / "registry" / "blobs").rglob("*") if p.is_file()]


@pytest.fixture
def registry(tmp_path):
    made = Registry(tmp_path)
    yield made
    if made.process.poll() is None:
        made.stop()


def run(*argv):
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=120)


@pytest.fixture
def layout(tmp_path):
    """An OCI layout with one image of 2 MB."""
    context = tmp_path / "context"
    context.mkdir()
    (context / "file").write_bytes(os.urandom(2 << 20))
    (context / "Dockerfile").write_text("FROM scratch\nCOPY file /file\n")
    name = f"localhost/drover-test-{os.getpid()}"
    assert run("buildah", "build", "--isolation", "chroot", "--layers=false", "-t", name, context).returncode == 0
    assert run("buildah", "push", name, f"oci:{tmp_path}/layout:one").returncode == 0
    run("buildah", "rmi", name)
    return f"oci:{tmp_path}/layout:one"


def test_skopeo_pushes_and_pulls(registry, layout, tmp_path):
    done = run("skopeo", "copy", "--dest-tls-verify=false", layout, f"docker://{registry.address}/a/b:one")
    assert done.returncode == 0, done.stderr
    done = run("skopeo", "copy", "--src-tls-verify=false", f"docker://{registry.address}/a/b:one", f"oci:{tmp_path}/back:one")
    assert done.returncode == 0, done.stderr
    status, body, headers = registry.request("GET", "/v2/a/b/tags/list")
    assert status == 200 and json.loads(body) == {"name": "a/b", "tags": ["one"]}


def test_podman_pulls_by_digest(registry, layout):
    assert run("skopeo", "copy", "--dest-tls-verify=false", layout, f"docker://{registry.address}/a/b:one").returncode == 0
    digest = run("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", f"docker://{registry.address}/a/b:one").stdout.strip()
    name = f"{registry.address}/a/b@{digest}"
    done = run("podman", "pull", "--tls-verify=false", name)
    assert done.returncode == 0, done.stderr
    run("podman", "rmi", name)


def test_tag_never_moves(registry, layout):
    target = f"docker://{registry.address}/a/b:one"
    assert run("skopeo", "copy", "--dest-tls-verify=false", layout, target).returncode == 0
    assert run("skopeo", "copy", "--dest-tls-verify=false", layout, target).returncode == 0  # the same again is fine
    _, manifest, headers = registry.request("GET", "/v2/a/b/manifests/one", headers={"Accept": "*/*"})
    other = json.loads(manifest)
    other["annotations"] = {"changed": "yes"}
    status, body, _ = registry.request("PUT", "/v2/a/b/manifests/one", json.dumps(other).encode(), {"Content-Type": headers["Content-Type"]})
    assert status == 409 and b"tag" in body
    assert registry.request("GET", "/v2/a/b/manifests/one")[1] == manifest


def test_blob_is_stored_once_for_all_repositories(registry, layout):
    for repository in ("a/b", "c/d"):
        assert run("skopeo", "copy", "--dest-tls-verify=false", layout, f"docker://{registry.address}/{repository}:one").returncode == 0
    large = [p for p in registry.stored_blobs() if p.stat().st_size > 1 << 20]
    assert len(large) == 1


def test_wrong_digest_is_refused(registry):
    wrong = "sha256:" + hashlib.sha256(b"something else").hexdigest()
    status, body, _ = registry.request("POST", f"/v2/a/b/blobs/uploads/?digest={wrong}", b"some bytes", {"Content-Type": "application/octet-stream"})
    assert status == 400 and json.loads(body)["errors"][0]["code"] == "DIGEST_INVALID"
    assert registry.stored_blobs() == []


def test_killed_in_an_upload_leaves_no_half_blob(registry):
    _, _, headers = registry.request("POST", "/v2/a/b/blobs/uploads/", b"")
    location = headers["Location"]
    body = os.urandom(4 << 20)
    registry.request("PATCH", location if location.startswith("/") else location[location.index("/v2"):], body[: 3 << 20], {"Content-Type": "application/octet-stream"})
    registry.stop(signal.SIGKILL)
    registry.start()
    for blob in registry.stored_blobs():
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    assert registry.request("HEAD", f"/v2/a/b/blobs/{digest}")[0] == 404
    status, _, _ = registry.request("POST", f"/v2/a/b/blobs/uploads/?digest={digest}", body, {"Content-Type": "application/octet-stream"})
    assert status == 201
    assert registry.request("GET", f"/v2/a/b/blobs/{digest}")[1] == body


@pytest.mark.parametrize("path", ["/v2/../../etc/passwd/manifests/x", "/v2/a/%2e%2e/%2e%2e/manifests/x", "/v2/A/manifests/x", "/v2/a/blobs/sha256:..%2f..%2fx"])
def test_path_tricks_are_refused(registry, path):
    assert registry.request("GET", path)[0] in (400, 404)


def test_page_and_health_answer(registry):
    assert registry.request("GET", "/healthz")[0] == 200
    status, body, headers = registry.request("GET", "/")
    assert status == 200 and b"<html" in body.lower() and "Content-Security-Policy" in headers
    assert registry.request("GET", "/no/such/thing")[0] == 404
    assert registry.stop() == 0

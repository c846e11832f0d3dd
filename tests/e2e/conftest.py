"""Fixtures of the end-to-end tests: the built drover on real podman, buildah, HAProxy and git, in folders of its own."""
import os

import pytest

from app import App

for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"):
    os.environ.pop(name, None)  # of a git that runs the tests itself, in a hook: the fixtures have repositories of their own


@pytest.fixture
def app(tmp_path, request):
    made = App(tmp_path, "t" + format(abs(hash(request.node.nodeid)) % 0xFFFFFFF, "x"))
    yield made
    made.close()
    assert made.containers() == [] and made.volumes() == [] and made.routers() == []


@pytest.fixture
def served(app):
    """An app whose first version runs."""
    app.commit("one")
    done = app.ship()
    assert done.status == 0, done.err
    return app

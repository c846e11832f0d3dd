"""From `drover ship` to a healthy release of an image that is already built, against the same steps by hand in shell."""
import pathlib
import statistics
import subprocess
import tempfile
import time

import app as application

BY_HAND = pathlib.Path(__file__).resolve().parent / "by_hand.sh"
BOUND = 1.25


def timed(argv, **options):
    started = time.monotonic()
    done = subprocess.run(argv, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, argv))}: {done.stderr}")
    return time.monotonic() - started


def rows(drover, runs):
    application.DROVER = drover
    with tempfile.TemporaryDirectory() as folder:
        app = application.App(pathlib.Path(folder), "bench")
        commits = [app.commit("one"), app.commit("two")]
        try:
            for commit in commits:
                done = app.ship(commit)
                if done.status != 0:
                    raise SystemExit(done.err)
            return [compare(app, commits, runs)]
        finally:
            app.close()


def compare(app, commits, runs):
    """Drover and the script in turn, pair by pair, so that a change of the machine's speed meets both."""
    images = {r["commit"]: r["images"]["web"] for r in app.drover("releases", "--json").json["releases"]}
    server = app.start("serve", "--listen", "127.0.0.1:0", "--ready-file", str(app.folder / "address"))
    address = application.wait_for(lambda: (app.folder / "address").exists() and (app.folder / "address").read_text().strip(), what="the registry")
    port = application.free_port()
    hand = [BY_HAND, app.folder / "hand", str(port)]
    try:
        subprocess.run([*hand, "start"], check=True, capture_output=True)
        ours, theirs = [], []
        for i in range(2 * (runs + 1)):  # the first pair of each warms up
            commit = commits[i % 2]
            mine = timed(app.argv("ship", commit, "--env", "dev", "--json"))
            by_hand = timed([*hand, "ship", f"{address}/bench/web@{images[commit]}"])
            if i >= 2:
                ours.append(mine), theirs.append(by_hand)
    finally:
        subprocess.run([*hand, "stop"], capture_output=True)
        server.terminate()
        server.wait()
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    return {"name": "ship of a built image, to healthy and switched", "value": statistics.median(ours), "unit": "s",
            "against": statistics.median(theirs), "ratio": ratio, "bound": BOUND, "holds": ratio <= BOUND, "command": "./do bench ship"}

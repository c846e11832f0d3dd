"""A small receiver of Slack- and Teams-shaped webhooks: counts the messages that have the right form."""
import http.server
import json
import threading
import time


def is_slack(body):
    return bool(body.get("text")) and isinstance(body.get("blocks"), list) and len(body["blocks"]) > 0


def is_teams(body):
    cards = body.get("attachments") or [{}]
    return body.get("type") == "message" and cards[0].get("contentType") == "application/vnd.microsoft.card.adaptive"


FORMS = {"/slack": is_slack, "/teams": is_teams}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            good = FORMS[self.path](json.loads(raw))
        except (KeyError, ValueError):
            good = False
        with self.server.lock:
            self.server.messages.append((self.path, json.loads(raw)) if good else None)
        self.send_response(200 if good else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Receiver:
    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.lock, self.server.messages = threading.Lock(), []
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def messages(self):
        with self.server.lock:
            return [m for m in self.server.messages if m]

    @property
    def count(self):
        return len(self.messages)

    def settle(self, wanted, seconds=5):
        """Waits until `wanted` messages came; gives up after `seconds`, the count then tells."""
        deadline = time.monotonic() + seconds
        while self.count < wanted and time.monotonic() < deadline:
            time.sleep(0.02)

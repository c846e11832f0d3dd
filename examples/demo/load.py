"""A steady load of HTTP requests over kept-alive connections, every failure counted."""
import http.client
import itertools
import threading
import time

RATE = 240  # requests a second, in all
WORKERS = 8
PATHS = ("/", "/api/v1/version/", "/api/v1/health/")


class Load:
    """with Load("127.0.0.1:8080") as load: ...   then load.requests, load.failed, load.rate, load.first_failure.

    A request has failed when it gets no answer, or one with a status of 500 or more, or 404 (nothing routes there)."""

    def __init__(self, address, rate=RATE, workers=WORKERS, paths=PATHS):
        self.address, self.paths = address, paths
        self.interval = workers / rate
        self.requests = self.failed = 0
        self.first_failure = None
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(i * self.interval / workers,), daemon=True) for i in range(workers)]

    def __enter__(self):
        self.started = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        self.rate = self.requests / (time.monotonic() - self.started)

    def work(self, offset):
        connection = http.client.HTTPConnection(self.address, timeout=10)
        due = time.monotonic() + offset
        for path in itertools.cycle(self.paths):
            if self.stopping.wait(max(0, due - time.monotonic())):
                connection.close()
                return
            due = max(due + self.interval, time.monotonic() - 1)  # catch up after a stall, but no endless burst
            problem = self.request(connection, path)
            with self.lock:
                self.requests += 1
                if problem:
                    self.failed += 1
                    self.first_failure = self.first_failure or f"{path}: {problem}"

    @staticmethod
    def request(connection, path):
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return f"status {answer.status}" if answer.status >= 500 or answer.status == 404 else None
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return repr(error)

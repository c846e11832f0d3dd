"""Small helpers of the demo, the tests and the bench: running programs, free ports, this machine's address."""
import os
import random
import socket
import subprocess
import sys


class Failure(Exception):
    """The demo cannot go on; the message is for a person."""


def say(text):
    colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    print(f"\033[1;36m==\033[0m {text}" if colour else f"== {text}", file=sys.stderr, flush=True)


def run(argv, check=True, stream=False, **options):
    """Runs a program with its output captured; stream=True lets its standard error through to ours as it comes."""
    options.setdefault("stdin", subprocess.DEVNULL if "input" not in options else None)
    if options["stdin"] is None:
        del options["stdin"]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=None if stream else subprocess.PIPE, text=True, **options)
    if check and done.returncode != 0:
        words = "" if stream else f": {(done.stderr or done.stdout).strip()[-2000:]}"
        raise Failure(f"{' '.join(map(str, argv[:6]))} ended with status {done.returncode}{words}")
    return done


def free_port(address="127.0.0.1"):
    """A port that nothing listens on, from below the range in which the kernel picks ports for others (containers, clients)."""
    for port in random.sample(range(15000, 32000), 200):
        with socket.socket() as probe:
            try:
                probe.bind((address, port))
                return port
            except OSError:
                continue
    raise Failure(f"{address} has no free port between 15000 and 32000")


def host_address():
    """An IPv4 address of this machine that its containers reach too: a global one, or that of podman's bridge."""
    found = subprocess.run(["hostname", "-I"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    for address in found:
        if ":" not in address:
            return address
    raise Failure("this machine has no IPv4 address but 127.0.0.1; containers could not reach the database")

# Serves a WSGI program on a free loopback port until its standard input ends; what the small servers here have in common.
# Not here: any of the servers.
import os
import sys
import threading
from importlib.metadata import version

from waitress import create_server


def until_the_test_ends():
    """A test that dies takes its servers with it: the other end of standard input is then closed."""

    def watch():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def announce(port, *packages):
    """Tells the test that the server answers, and which versions it is of."""
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    print(f"listening on {port} as {versions}", flush=True, file=sys.__stdout__)  # Twisted takes the other for its log


def serve(program, *packages):
    until_the_test_ends()
    server = create_server(program, host="127.0.0.1", port=0, threads=16, ident=None)
    announce(server.effective_port, *packages)
    server.run()


def option(name, default):
    """An option of the test that starts this server."""
    return os.environ.get(f"INTEROP_{name}", default)


def folder():
    """Where this server keeps what is its own."""
    return option("FOLDER", ".")

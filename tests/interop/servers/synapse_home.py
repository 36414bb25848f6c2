# matrix-synapse as a homeserver of one user on SQLite, with refresh tokens.
# Not here: any change to synapse; it runs as it is installed.
import hashlib
import hmac
import json
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from serve import announce, folder, option, until_the_test_ends

SHARED_SECRET = "only for the tests, which run on loopback"
LOG = {
    "version": 1,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}
PASSWORD = "analytical-engine"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def config(port):
    """Written as JSON, which is YAML too."""
    here = Path(folder()).resolve()
    often = {"per_second": 1000, "burst_count": 1000}
    return {
        "server_name": "localhost",
        "report_stats": False,
        "suppress_key_server_warning": True,
        "trusted_key_servers": [],
        "pid_file": str(here / "synapse.pid"),
        "signing_key_path": str(here / "signing.key"),
        "media_store_path": str(here / "media"),
        "macaroon_secret_key": SHARED_SECRET,
        "form_secret": SHARED_SECRET,
        "registration_shared_secret": SHARED_SECRET,
        "bcrypt_rounds": 4,
        "database": {"name": "sqlite3", "args": {"database": str(here / "homeserver.db")}},
        "listeners": [
            {
                "port": port,
                "type": "http",
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"]}],
            }
        ],
        "refreshable_access_token_lifetime": f"{option('ACCESS_SECONDS', '300')}s",
        "refresh_token_lifetime": "24h",
        "rc_login": {"address": often, "account": often, "failed_attempts": often},
        "rc_message": often,
        "log_config": str(here / "log.yaml"),
    }


def register(port, name):
    """The way of synapse's own register_new_matrix_user."""
    url = f"http://127.0.0.1:{port}/_synapse/admin/v1/register"
    nonce = json.load(urllib.request.urlopen(url))["nonce"]
    words = b"\x00".join(part.encode() for part in [nonce, name, PASSWORD, "notadmin"])
    mac = hmac.new(SHARED_SECRET.encode(), words, hashlib.sha1).hexdigest()
    body = {"nonce": nonce, "username": name, "password": PASSWORD, "admin": False, "mac": mac}
    try:
        urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode()))
    except urllib.error.HTTPError as error:
        if error.code != 400:  # it was there before a restart
            raise


def open_house(port):
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    for name in ["ada", "grace"]:
        register(port, name)
    announce(port, "matrix-synapse")


if __name__ == "__main__":
    until_the_test_ends()
    port = free_port()
    file = Path(folder()) / "homeserver.yaml"
    file.write_text(json.dumps(config(port)))
    (Path(folder()) / "log.yaml").write_text(json.dumps(LOG))
    sys.argv = ["synapse", "--config-path", str(file), "--generate-keys"]
    from synapse.app import homeserver

    try:
        homeserver.main()
    except SystemExit as ended:
        if ended.code:
            raise
    sys.argv = ["synapse", "--config-path", str(file)]
    threading.Thread(target=open_house, args=(port,), daemon=True).start()
    homeserver.main()

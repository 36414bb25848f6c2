# flask-jwt-extended with a blocklist in SQLite, as its documentation shows it: the refresh token travels as a Bearer header.
# Not here: how it is served (serve.py).
import sqlite3
from datetime import timedelta
from pathlib import Path

from flask import Flask, jsonify, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    get_jwt,
    get_jwt_identity,
    jwt_required,
)
from serve import folder, option, serve

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = "only for the tests, which run on loopback"
app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(seconds=int(option("ACCESS_SECONDS", "300")))
jwt = JWTManager(app)
rotates = option("ROTATES", "no") == "yes"


def database():
    base = sqlite3.connect(Path(folder()) / "blocklist.sqlite3", timeout=30)
    base.execute("CREATE TABLE IF NOT EXISTS revoked (jti TEXT PRIMARY KEY)")
    return base


def revoke(jti):
    with database() as base:
        base.execute("INSERT OR IGNORE INTO revoked VALUES (?)", [jti])


@jwt.token_in_blocklist_loader
def is_revoked(_header, payload):
    return database().execute("SELECT 1 FROM revoked WHERE jti = ?", [payload["jti"]]).fetchone() is not None


@app.post("/login")
def login():
    who = request.get_json()
    if who.get("username") not in ["ada", "grace"] or who.get("password") != "analytical-engine":
        return jsonify(msg="Bad username or password"), 401
    name = who["username"]
    return jsonify(access_token=create_access_token(name), refresh_token=create_refresh_token(name))


@app.post("/refresh")
@jwt_required(refresh=True)
def refresh():
    name = get_jwt_identity()
    if not rotates:
        return jsonify(access_token=create_access_token(name))
    revoke(get_jwt()["jti"])
    return jsonify(access_token=create_access_token(name), refresh_token=create_refresh_token(name))


@app.delete("/logout")
@jwt_required(refresh=True)
def logout():
    revoke(get_jwt()["jti"])
    return jsonify(msg="Refresh token revoked")


@app.get("/me")
@jwt_required()
def me():
    return jsonify(
        username=get_jwt_identity(), roles=["admin"], employee_number=9007199254740993, avatar=None
    )


@app.get("/notes")
@jwt_required()
def notes():
    return jsonify(notes=[], user=get_jwt_identity())


serve(app, "flask-jwt-extended", "flask")

-- The demo database, format 2. One row a login in `families`: the pair that is active, and the hash of the one before.
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY,
    username      TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT NOT NULL
) STRICT;

-- A profile is kept field by field, each as the JSON text it came as, so that 1.10 stays 1.10.
CREATE TABLE profile_fields (
    account_id INTEGER NOT NULL REFERENCES accounts(id),
    position   INTEGER NOT NULL,
    key        TEXT NOT NULL,
    json       TEXT NOT NULL,
    PRIMARY KEY (account_id, key)
) STRICT;

CREATE TABLE families (
    id              TEXT PRIMARY KEY,
    account_id      INTEGER NOT NULL REFERENCES accounts(id),
    killed          INTEGER NOT NULL DEFAULT 0,
    refresh_revoked INTEGER NOT NULL DEFAULT 0,
    active_hash     BLOB NOT NULL,
    active_jti      TEXT NOT NULL,
    active_iat      INTEGER NOT NULL,
    active_exp      INTEGER NOT NULL,
    parent_hash     BLOB,
    parent_used_ms  INTEGER,
    access_serial   INTEGER NOT NULL,
    access_jti      TEXT NOT NULL,
    access_iat      INTEGER NOT NULL,
    access_exp      INTEGER NOT NULL
) STRICT;

CREATE TABLE serials (last INTEGER NOT NULL) STRICT;
INSERT INTO serials (last) VALUES (0);

-- How far the demo's clock is ahead of the machine's.
CREATE TABLE clock (ahead_ms INTEGER NOT NULL) STRICT;
INSERT INTO clock (ahead_ms) VALUES (0);

CREATE TABLE projects (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL,
    progress REAL NOT NULL, members INTEGER NOT NULL, due_at INTEGER
) STRICT;
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts(id), kind TEXT NOT NULL,
    title TEXT NOT NULL, body TEXT NOT NULL, is_read INTEGER NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE activity (
    id INTEGER PRIMARY KEY, actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
    project TEXT NOT NULL, happened_at INTEGER NOT NULL
) STRICT;
CREATE TABLE stats (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, value REAL NOT NULL, unit TEXT NOT NULL,
    change REAL NOT NULL, period TEXT NOT NULL
) STRICT;
CREATE TABLE notes (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts(id), text TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- SPDX-License-Identifier: MIT
-- Every statement of the SQLite store, by name. `-- name: x` opens one; migrations are numbered and run once each, in
-- order, in one transaction. Times are Unix microseconds. Lists of columns match the readers in store_sqlite_ops.c.

-- name: migration_1
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    canonical TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role INTEGER NOT NULL,
    created_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account_id, created_us);
CREATE INDEX sessions_by_expiry ON sessions (expires_us);
CREATE TABLE invitations (
    code_hash BLOB PRIMARY KEY,
    created_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE shows (
    id TEXT PRIMARY KEY,
    account_id TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    key_hash BLOB NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    state INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    started_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX shows_open ON shows (id) WHERE state < 2;
CREATE INDEX shows_by_account ON shows (account_id, created_us);

-- name: begin
BEGIN IMMEDIATE;
-- name: commit
COMMIT;
-- name: rollback
ROLLBACK;
-- name: step
SAVEPOINT step;
-- name: step_keep
RELEASE step;
-- name: step_undo
ROLLBACK TO step;

-- name: account_insert
INSERT INTO accounts (id, name, canonical, display_name, password_hash, role, created_us)
VALUES (?1, ?2, ?3, ?4, ?5, CASE WHEN EXISTS (SELECT 1 FROM accounts) THEN ?6 ELSE ?8 END, ?7);
-- name: account_find
SELECT id, name, canonical, display_name, password_hash, role, created_us,
    EXISTS (SELECT 1 FROM sessions WHERE account_id = accounts.id AND address = ?2)
FROM accounts WHERE canonical = ?1;
-- name: account_set_password
UPDATE accounts SET password_hash = ?2 WHERE id = ?1;
-- name: account_set_role
UPDATE accounts SET role = ?2 WHERE canonical = ?1;

-- name: invitation_insert
INSERT INTO invitations (code_hash, created_us, expires_us) VALUES (?1, ?2, ?3);
-- name: invitation_use
DELETE FROM invitations WHERE code_hash = ?1 AND expires_us > ?2;
-- name: invitations_expire
DELETE FROM invitations WHERE expires_us <= ?1;

-- name: session_insert
INSERT INTO sessions (token_hash, id, account_id, created_us, expires_us, address, agent)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
-- name: session_trim
DELETE FROM sessions WHERE token_hash IN (
    SELECT token_hash FROM sessions WHERE account_id = ?1 ORDER BY created_us DESC LIMIT -1 OFFSET ?2);
-- name: session_find
SELECT a.id, a.name, a.canonical, a.display_name, a.password_hash, a.role, a.created_us,
    s.id, s.account_id, s.token_hash, s.created_us, s.expires_us, s.address, s.agent
FROM sessions AS s JOIN accounts AS a ON a.id = s.account_id
WHERE s.token_hash = ?1 AND s.expires_us > ?2;
-- name: session_list
SELECT id, account_id, token_hash, created_us, expires_us, address, agent
FROM sessions WHERE account_id = ?1 AND expires_us > ?2 ORDER BY created_us DESC, id LIMIT ?3;
-- name: session_delete
DELETE FROM sessions WHERE account_id = ?1 AND id = ?2;
-- name: sessions_delete_but
DELETE FROM sessions WHERE account_id = ?1 AND id <> ?2;
-- name: sessions_expire
DELETE FROM sessions WHERE expires_us <= ?1;

-- name: show_insert
INSERT INTO shows (id, account_id, key_hash, title, description, state, created_us, started_us, ended_us)
VALUES (?1, nullif(?2, ''), ?3, ?4, ?5, ?6, ?7, ?8, ?9);
-- name: show_update
UPDATE shows SET title = ?2, description = ?3, state = ?4, started_us = ?5, ended_us = ?6 WHERE id = ?1;
-- name: show_delete
DELETE FROM shows WHERE id = ?1;
-- name: show_list_open
SELECT id, ifnull(account_id, ''), key_hash, title, description, state, created_us, started_us, ended_us
FROM shows WHERE state < 2 ORDER BY id LIMIT ?1;

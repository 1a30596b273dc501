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

-- name: migration_2
ALTER TABLE accounts ADD COLUMN bio TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN links TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN notified_us INTEGER NOT NULL DEFAULT 0;
-- Full-text search names rows by a number.
CREATE TABLE shows_numbered (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account_id TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    request_hash BLOB,
    key_hash BLOB NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '',
    creator TEXT NOT NULL DEFAULT '',
    starts_us INTEGER NOT NULL DEFAULT 0,
    visibility INTEGER NOT NULL DEFAULT 0,
    is_unrecorded INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL,
    is_cancelled INTEGER NOT NULL DEFAULT 0,
    created_us INTEGER NOT NULL,
    started_us INTEGER NOT NULL,
    ended_us INTEGER NOT NULL
) STRICT;
INSERT INTO shows_numbered (id, account_id, key_hash, title, description, state, created_us, started_us, ended_us)
SELECT id, account_id, key_hash, title, description, state, created_us, started_us, ended_us FROM shows ORDER BY created_us;
DROP TABLE shows;
ALTER TABLE shows_numbered RENAME TO shows;
CREATE INDEX shows_open ON shows (id) WHERE state < 2;
CREATE INDEX shows_by_account ON shows (account_id, created_us);
CREATE INDEX shows_hidden ON shows (number) WHERE visibility > 0;
CREATE UNIQUE INDEX shows_by_request ON shows (account_id, request_hash) WHERE request_hash IS NOT NULL;
CREATE VIEW show_rows AS
SELECT s.id, ifnull(s.account_id, '') AS account_id, s.key_hash, s.title, s.description, s.category, s.tags, s.starts_us,
    s.visibility, s.is_unrecorded, s.state, s.is_cancelled, s.created_us, s.started_us, s.ended_us,
    ifnull(a.name, '') AS creator_name, ifnull(a.display_name, '') AS creator_display_name, s.number
FROM shows AS s LEFT JOIN accounts AS a ON a.id = s.account_id;
CREATE VIRTUAL TABLE show_words USING fts5 (title, description, tags, creator, content = 'shows', content_rowid = 'number',
    prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE show_trigrams USING fts5 (title, creator, content = 'shows', content_rowid = 'number', tokenize = 'trigram');
INSERT INTO show_words (show_words) VALUES ('rebuild');
INSERT INTO show_trigrams (show_trigrams) VALUES ('rebuild');
CREATE TRIGGER shows_insert AFTER INSERT ON shows BEGIN
    INSERT INTO show_words (rowid, title, description, tags, creator) VALUES (new.number, new.title, new.description, new.tags, new.creator);
    INSERT INTO show_trigrams (rowid, title, creator) VALUES (new.number, new.title, new.creator);
END;
CREATE TRIGGER shows_delete AFTER DELETE ON shows BEGIN
    INSERT INTO show_words (show_words, rowid, title, description, tags, creator)
    VALUES ('delete', old.number, old.title, old.description, old.tags, old.creator);
    INSERT INTO show_trigrams (show_trigrams, rowid, title, creator) VALUES ('delete', old.number, old.title, old.creator);
END;
CREATE TRIGGER shows_update AFTER UPDATE OF title, description, tags, creator ON shows BEGIN
    INSERT INTO show_words (show_words, rowid, title, description, tags, creator)
    VALUES ('delete', old.number, old.title, old.description, old.tags, old.creator);
    INSERT INTO show_trigrams (show_trigrams, rowid, title, creator) VALUES ('delete', old.number, old.title, old.creator);
    INSERT INTO show_words (rowid, title, description, tags, creator) VALUES (new.number, new.title, new.description, new.tags, new.creator);
    INSERT INTO show_trigrams (rowid, title, creator) VALUES (new.number, new.title, new.creator);
END;
CREATE TABLE follows (
    follower_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    followed_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_us INTEGER NOT NULL,
    PRIMARY KEY (follower_id, followed_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follows_by_followed ON follows (followed_id);
CREATE TABLE reminders (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    show_id TEXT NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
    created_us INTEGER NOT NULL,
    PRIMARY KEY (account_id, show_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminders_by_show ON reminders (show_id);

-- name: migration_3
CREATE INDEX shows_over ON shows (started_us) WHERE state = 2 AND visibility = 0;

-- name: migration_4
ALTER TABLE accounts ADD COLUMN banned_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invitations ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN creator_name TEXT NOT NULL DEFAULT '';
-- Ids are letters and the digits 2 to 7.
UPDATE invitations SET id = substr(
    replace(replace(replace(replace(lower(hex(code_hash)), '0', 'g'), '1', 'h'), '8', 'i'), '9', 'j'), 1, 12);
CREATE UNIQUE INDEX invitations_by_id ON invitations (id);
CREATE TABLE resets (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL UNIQUE,
    created_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE errands (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    subject TEXT NOT NULL
) STRICT;

-- name: migration_5
CREATE TABLE second_factors (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    is_on INTEGER NOT NULL DEFAULT 0,
    last_step INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE recovery_codes (
    account_id TEXT NOT NULL REFERENCES second_factors (account_id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    PRIMARY KEY (account_id, code_hash)
) STRICT, WITHOUT ROWID;

-- name: migration_6
ALTER TABLE shows ADD COLUMN price_coins INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shows ADD COLUMN length_min INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shows ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE shows ADD COLUMN invited TEXT NOT NULL DEFAULT '';
ALTER TABLE shows ADD COLUMN password_hash TEXT NOT NULL DEFAULT '';
DROP VIEW show_rows;
CREATE VIEW show_rows AS
SELECT s.id, ifnull(s.account_id, '') AS account_id, s.key_hash, s.title, s.description, s.category, s.tags, s.starts_us,
    s.visibility, s.is_unrecorded, s.state, s.is_cancelled, s.created_us, s.started_us, s.ended_us,
    ifnull(a.name, '') AS creator_name, ifnull(a.display_name, '') AS creator_display_name,
    s.price_coins, s.length_min, s.language, s.invited, s.password_hash, s.number
FROM shows AS s LEFT JOIN accounts AS a ON a.id = s.account_id;

-- name: migration_7
-- A prefix without an index of its own is put together from all that begins with it, however common: 14 to 390 ms.
DROP TABLE show_words;
CREATE VIRTUAL TABLE show_words USING fts5 (title, description, tags, creator, content = 'shows', content_rowid = 'number',
    prefix = '1 2 3 4 5 6 7 8 9 10 11 12', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO show_words (show_words) VALUES ('rebuild');

-- name: migration_8
CREATE TABLE faces (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    bytes BLOB NOT NULL
) STRICT;

-- name: migration_9
CREATE TABLE pushes (
    endpoint TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    point TEXT NOT NULL,
    auth TEXT NOT NULL,
    created_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pushes_by_account ON pushes (account_id, created_us);

-- name: migration_10
ALTER TABLE shows ADD COLUMN cover_s INTEGER NOT NULL DEFAULT 0;
DROP VIEW show_rows;
CREATE VIEW show_rows AS
SELECT s.id, ifnull(s.account_id, '') AS account_id, s.key_hash, s.title, s.description, s.category, s.tags, s.starts_us,
    s.visibility, s.is_unrecorded, s.state, s.is_cancelled, s.created_us, s.started_us, s.ended_us,
    ifnull(a.name, '') AS creator_name, ifnull(a.display_name, '') AS creator_display_name,
    s.price_coins, s.length_min, s.language, s.invited, s.password_hash, s.cover_s, s.number
FROM shows AS s LEFT JOIN accounts AS a ON a.id = s.account_id;

-- name: migration_11
-- Who somebody is at an OpenID provider. Another provider than the one configured now may have left rows.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_us INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX identities_by_account ON identities (account_id, issuer);

-- name: migration_12
CREATE TABLE emails (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE TABLE email_links (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    code_hash BLOB NOT NULL UNIQUE,
    created_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE resets_of_two_kinds (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    is_mailed INTEGER NOT NULL,
    code_hash BLOB NOT NULL UNIQUE,
    created_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    PRIMARY KEY (account_id, is_mailed)
) STRICT, WITHOUT ROWID;
INSERT INTO resets_of_two_kinds (account_id, is_mailed, code_hash, created_us, expires_us)
SELECT account_id, 0, code_hash, created_us, expires_us FROM resets;
DROP TABLE resets;
ALTER TABLE resets_of_two_kinds RENAME TO resets;

-- name: migration_13
CREATE TABLE account_settings (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    is_invisible INTEGER NOT NULL,
    mutes_invitations INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- name: migration_14
CREATE TABLE show_invitations (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    show_id TEXT NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
    created_us INTEGER NOT NULL,
    PRIMARY KEY (account_id, show_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX show_invitations_by_show ON show_invitations (show_id, created_us);

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
SELECT id, name, canonical, display_name, password_hash, role, created_us, bio, links, banned_us,
    EXISTS (SELECT 1 FROM sessions WHERE account_id = accounts.id AND address = ?2),
    ifnull((SELECT address FROM emails WHERE account_id = accounts.id), '')
FROM accounts WHERE canonical = ?1;
-- name: account_set_password
UPDATE accounts SET password_hash = ?2 WHERE id = ?1;
-- name: account_set_role
UPDATE accounts SET role = ?2 WHERE canonical = ?1;
-- name: account_set_profile
UPDATE accounts SET display_name = ?2, bio = ?3, links = ?4 WHERE id = ?1;
-- name: account_rename_shows
UPDATE shows SET creator = (SELECT name || ' ' || display_name FROM accounts WHERE id = ?1) WHERE account_id = ?1;
-- name: account_exists
SELECT 1 FROM accounts WHERE canonical = ?1;
-- name: account_any
SELECT 1 FROM accounts LIMIT 1;
-- name: account_profile
SELECT id, name, canonical, display_name, password_hash, role, created_us, bio, links, banned_us,
    (SELECT count(*) FROM follows WHERE followed_id = accounts.id),
    EXISTS (SELECT 1 FROM follows WHERE followed_id = accounts.id AND follower_id = ?2)
FROM accounts WHERE canonical = ?1;

-- ?1 words as typed, ?2 the same as canonical names are written, ?3 behind which name.
-- name: account_list
SELECT id, name, canonical, display_name, '', role, created_us, bio, links, banned_us,
    ifnull((SELECT address FROM emails WHERE account_id = accounts.id), '')
FROM accounts
WHERE canonical > ?3 AND (?1 = '' OR instr(lower(name), lower(?1)) OR instr(lower(display_name), lower(?1)) OR (?2 <> '' AND instr(canonical, ?2)))
ORDER BY canonical LIMIT ?4;
-- name: account_set_banned
UPDATE accounts SET banned_us = ?2 WHERE id = ?1;
-- name: counts
SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM accounts WHERE banned_us > 0), (SELECT count(*) FROM shows),
    (SELECT count(*) FROM sessions);

-- name: invitation_insert
INSERT INTO invitations (code_hash, created_us, expires_us, id, creator_name) VALUES (?1, ?2, ?3, ?4, ?5);
-- name: invitation_count
SELECT 1 FROM invitations LIMIT 1 OFFSET ?1;
-- name: invitation_list
SELECT id, code_hash, created_us, expires_us, creator_name FROM invitations WHERE expires_us > ?1 ORDER BY created_us DESC, id;
-- name: invitation_delete
DELETE FROM invitations WHERE id = ?1;
-- name: invitation_use
DELETE FROM invitations WHERE code_hash = ?1 AND expires_us > ?2;
-- name: invitations_expire
DELETE FROM invitations WHERE expires_us <= ?1;

-- name: reset_insert
INSERT INTO resets (account_id, code_hash, created_us, expires_us, is_mailed) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (account_id, is_mailed) DO UPDATE SET code_hash = ?2, created_us = ?3, expires_us = ?4;
-- name: reset_find
SELECT a.id, a.name, a.canonical, a.display_name, a.password_hash, a.role, a.created_us, a.bio, a.links, a.banned_us
FROM resets AS r JOIN accounts AS a ON a.id = r.account_id
WHERE r.code_hash = ?1 AND r.expires_us > ?2 AND a.banned_us = 0;
-- name: reset_delete
DELETE FROM resets WHERE account_id = ?1;
-- name: resets_expire
DELETE FROM resets WHERE expires_us <= ?1;

-- name: factor_find
SELECT secret, is_on, last_step, (SELECT count(*) FROM recovery_codes WHERE account_id = ?1) FROM second_factors WHERE account_id = ?1;
-- name: factor_begin
INSERT INTO second_factors (account_id, secret) VALUES (?1, ?2)
ON CONFLICT (account_id) DO UPDATE SET secret = ?2 WHERE NOT is_on;
-- name: factor_confirm
UPDATE second_factors SET is_on = 1, last_step = ?2 WHERE account_id = ?1 AND NOT is_on;
-- name: factor_spend
UPDATE second_factors SET last_step = ?2 WHERE account_id = ?1 AND is_on AND last_step < ?2;
-- name: factor_end
DELETE FROM second_factors WHERE account_id = ?1;
-- name: recovery_insert
INSERT INTO recovery_codes (account_id, code_hash) VALUES (?1, ?2);
-- name: recovery_spend
DELETE FROM recovery_codes WHERE account_id = ?1 AND code_hash = ?2;

-- name: identity_insert
INSERT INTO identities (issuer, subject, account_id, created_us) VALUES (?1, ?2, ?3, ?4);
-- name: identity_find
SELECT a.id, a.name, a.canonical, a.display_name, a.password_hash, a.role, a.created_us, a.bio, a.links, a.banned_us
FROM identities AS i JOIN accounts AS a ON a.id = i.account_id WHERE i.issuer = ?1 AND i.subject = ?2;
-- name: identity_of
SELECT a.id, a.name, a.canonical, a.display_name, a.password_hash, a.role, a.created_us, a.bio, a.links, a.banned_us
FROM identities AS i JOIN accounts AS a ON a.id = i.account_id WHERE i.account_id = ?1 AND i.issuer = ?2;
-- name: identity_delete
DELETE FROM identities WHERE account_id = ?1 AND issuer = ?2
    AND EXISTS (SELECT 1 FROM accounts WHERE id = ?1 AND password_hash <> '');

-- name: email_find
SELECT a.name, ifnull(e.address, ''), ifnull(l.address, ''), ifnull(l.expires_us, 0) FROM accounts AS a
LEFT JOIN emails AS e ON e.account_id = a.id LEFT JOIN email_links AS l ON l.account_id = a.id AND l.expires_us > ?2 WHERE a.id = ?1;
-- name: email_link_insert
INSERT INTO email_links (account_id, address, code_hash, created_us, expires_us) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (account_id) DO UPDATE SET address = ?2, code_hash = ?3, created_us = ?4, expires_us = ?5;
-- name: email_link_find
SELECT l.account_id, l.address FROM email_links AS l JOIN accounts AS a ON a.id = l.account_id
WHERE l.code_hash = ?1 AND l.expires_us > ?2 AND a.banned_us = 0;
-- name: email_confirm
INSERT INTO emails (account_id, address, folded) VALUES (?1, ?2, ?3) ON CONFLICT (account_id) DO UPDATE SET address = ?2, folded = ?3;
-- name: email_delete
DELETE FROM emails WHERE account_id = ?1;
-- name: email_link_delete
DELETE FROM email_links WHERE account_id = ?1;
-- name: email_links_expire
DELETE FROM email_links WHERE expires_us <= ?1;
-- name: account_find_email
SELECT a.id, a.name, a.canonical, a.display_name, a.password_hash, a.role, a.created_us, a.bio, a.links, a.banned_us, e.address
FROM emails AS e JOIN accounts AS a ON a.id = e.account_id WHERE e.folded = ?1;

-- name: settings_find
SELECT is_invisible, mutes_invitations FROM account_settings WHERE account_id = ?1;
-- name: settings_set
INSERT INTO account_settings (account_id, is_invisible, mutes_invitations) VALUES (?1, ?2, ?3)
ON CONFLICT (account_id) DO UPDATE SET is_invisible = ?2, mutes_invitations = ?3;

-- name: face_set
INSERT INTO faces (account_id, bytes) VALUES (?1, ?2) ON CONFLICT (account_id) DO UPDATE SET bytes = ?2;
-- name: face_delete
DELETE FROM faces WHERE account_id = ?1;
-- name: face_find
SELECT a.display_name, f.bytes FROM accounts AS a LEFT JOIN faces AS f ON f.account_id = a.id WHERE a.canonical = ?1;

-- name: push_add
INSERT INTO pushes (endpoint, account_id, point, auth, created_us) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (endpoint) DO UPDATE SET account_id = ?2, point = ?3, auth = ?4, created_us = ?5;
-- name: push_trim
DELETE FROM pushes WHERE endpoint IN (SELECT endpoint FROM pushes WHERE account_id = ?1 ORDER BY created_us DESC LIMIT -1 OFFSET ?2);
-- name: push_delete
DELETE FROM pushes WHERE endpoint = ?1 AND account_id = ?2;
-- name: push_forget
DELETE FROM pushes WHERE endpoint = ?1;
-- name: push_list
SELECT p.account_id, p.endpoint, p.point, p.auth FROM pushes AS p JOIN accounts AS a ON a.id = p.account_id AND a.banned_us = 0
WHERE p.account_id IN (SELECT follower_id FROM follows WHERE followed_id = ?1 UNION SELECT account_id FROM reminders WHERE show_id = ?2
    UNION SELECT account_id FROM show_invitations WHERE show_id = ?2
        AND account_id NOT IN (SELECT account_id FROM account_settings WHERE mutes_invitations))
LIMIT ?3;
-- name: push_list_invited
SELECT p.account_id, p.endpoint, p.point, p.auth FROM pushes AS p JOIN accounts AS a ON a.id = p.account_id AND a.banned_us = 0
WHERE p.account_id IN (SELECT account_id FROM show_invitations WHERE show_id = ?1 AND created_us = ?2
    AND account_id NOT IN (SELECT account_id FROM account_settings WHERE mutes_invitations))
LIMIT ?3;

-- name: errand_insert
INSERT INTO errands (kind, subject) VALUES (?1, ?2);
-- name: errand_list
SELECT number, kind, subject FROM errands ORDER BY number LIMIT ?1;
-- name: errand_clear
DELETE FROM errands WHERE number <= ?1;

-- name: session_insert
INSERT INTO sessions (token_hash, id, account_id, created_us, expires_us, address, agent)
SELECT ?1, ?2, id, ?4, ?5, ?6, ?7 FROM accounts WHERE id = ?3 AND banned_us = 0;
-- name: session_trim
DELETE FROM sessions WHERE token_hash IN (
    SELECT token_hash FROM sessions WHERE account_id = ?1 ORDER BY created_us DESC LIMIT -1 OFFSET ?2);
-- name: session_find
SELECT a.id, a.name, a.canonical, a.display_name, a.password_hash, a.role, a.created_us, a.bio, a.links, a.banned_us,
    s.id, s.account_id, s.token_hash, s.created_us, s.expires_us, s.address, s.agent,
    ifnull((SELECT is_invisible FROM account_settings WHERE account_id = a.id), 0)
FROM sessions AS s JOIN accounts AS a ON a.id = s.account_id
WHERE s.token_hash = ?1 AND s.expires_us > ?2 AND a.banned_us = 0;
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
INSERT INTO shows (id, account_id, request_hash, key_hash, title, description, category, tags, starts_us, visibility, is_unrecorded, state,
    created_us, started_us, ended_us, price_coins, length_min, language, invited, password_hash, creator)
VALUES (?1, nullif(?2, ''), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
    ifnull((SELECT name || ' ' || display_name FROM accounts WHERE id = ?2), ''));
-- name: show_find
SELECT * FROM show_rows WHERE id = ?1;
-- name: show_find_request
SELECT * FROM show_rows WHERE number = (SELECT number FROM shows WHERE account_id = ?1 AND request_hash = ?2);
-- name: show_edit
UPDATE shows SET title = ?2, description = ?3, category = ?4, tags = ?5, starts_us = ?6, visibility = ?7, is_unrecorded = ?8,
    price_coins = ?9, length_min = ?10, language = ?11, invited = ?12, password_hash = ?13, cover_s = ?14 WHERE id = ?1;
-- name: show_set_key
UPDATE shows SET key_hash = ?2 WHERE id = ?1;
-- name: show_update
UPDATE shows SET state = ?2, is_cancelled = ?3, started_us = ?4, ended_us = ?5 WHERE id = ?1;
-- name: show_delete
DELETE FROM shows WHERE id = ?1;
-- name: show_list_open
SELECT * FROM show_rows WHERE number IN (SELECT number FROM shows WHERE state < 2) ORDER BY id LIMIT ?1;
-- name: show_list_hidden
SELECT * FROM show_rows WHERE number IN (SELECT number FROM shows WHERE visibility > 0 AND state = 2 AND started_us > 0);

-- Of lists: ?2 state or -1, ?3 category, ?4 tag between blanks, ?5 limit, ?6 how many to leave out, ?7 language.
-- Only the newest that match are looked at: to rank all that hold a common word takes a reader a tenth of a second.
-- name: show_search
SELECT r.* FROM (
    SELECT s.number, s.state FROM (SELECT rowid AS number FROM show_words WHERE show_words MATCH ?1 ORDER BY rowid DESC LIMIT 1100) AS w
    CROSS JOIN shows AS s ON s.number = w.number
    WHERE s.visibility = 0 AND NOT s.is_cancelled AND (?2 < 0 OR s.state = ?2) AND (?3 = '' OR s.category = ?3) AND (?4 = '' OR instr(s.tags, ?4))
        AND (?7 = '' OR s.language = ?7)
    ORDER BY s.state = 1 DESC, s.number DESC LIMIT ?5 OFFSET ?6
) AS f CROSS JOIN show_rows AS r ON r.number = f.number ORDER BY f.state = 1 DESC, f.number DESC;
-- name: show_search_near
SELECT r.* FROM (SELECT rowid AS number FROM show_trigrams WHERE show_trigrams MATCH ?1 ORDER BY rowid DESC LIMIT 400) AS w
CROSS JOIN show_rows AS r ON r.number = w.number
WHERE r.visibility = 0 AND NOT r.is_cancelled AND (?2 < 0 OR r.state = ?2) AND (?3 = '' OR r.category = ?3) AND (?4 = '' OR instr(r.tags, ?4))
    AND (?7 = '' OR r.language = ?7)
ORDER BY r.number DESC;
-- name: show_list_over
SELECT * FROM show_rows WHERE number IN (
    SELECT number FROM shows WHERE state = 2 AND visibility = 0 AND started_us > 0 AND (?1 = '' OR category = ?1)
        AND (?2 = '' OR instr(tags, ?2)) AND (?5 = '' OR language = ?5)
    ORDER BY started_us DESC LIMIT ?3 OFFSET ?4)
ORDER BY started_us DESC, number DESC;
-- name: show_list_of_account
SELECT * FROM show_rows WHERE number IN (
    SELECT number FROM shows WHERE account_id = ?1 AND (?2 < 0 OR state = ?2) AND (?3 = '' OR category = ?3)
        AND (?4 = '' OR instr(tags, ?4)) AND (?7 OR (visibility = 0 AND NOT is_cancelled)) AND (?8 = '' OR language = ?8)
    ORDER BY created_us DESC, number DESC LIMIT ?5 OFFSET ?6)
ORDER BY created_us DESC, number DESC;

-- Who invites oneself is told nothing.
-- name: invited_insert
INSERT INTO show_invitations (account_id, show_id, created_us)
SELECT a.id, s.id, ?3 FROM accounts AS a, shows AS s WHERE a.canonical = ?1 AND s.id = ?2 AND a.id IS NOT s.account_id
ON CONFLICT DO UPDATE SET created_us = created_us;
-- name: invited_list
SELECT a.canonical FROM show_invitations AS i JOIN accounts AS a ON a.id = i.account_id WHERE i.show_id = ?1;
-- name: invited_delete
DELETE FROM show_invitations WHERE show_id = ?1 AND account_id = (SELECT id FROM accounts WHERE canonical = ?2);

-- name: follow_insert
INSERT INTO follows (follower_id, followed_id, created_us)
SELECT ?1, id, ?3 FROM accounts WHERE canonical = ?2 AND id <> ?1
ON CONFLICT DO UPDATE SET created_us = created_us;
-- name: follow_count
SELECT 1 FROM follows WHERE follower_id = ?1 LIMIT 1 OFFSET ?2;
-- name: follow_delete
DELETE FROM follows WHERE follower_id = ?1 AND followed_id = (SELECT id FROM accounts WHERE canonical = ?2);
-- name: follow_list
SELECT a.id, a.name, a.canonical, a.display_name, '', a.role, a.created_us, a.bio, a.links, a.banned_us
FROM follows AS f JOIN accounts AS a ON a.id = f.followed_id WHERE f.follower_id = ?1 ORDER BY a.canonical LIMIT ?2;
-- name: reminder_insert
INSERT INTO reminders (account_id, show_id, created_us) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET created_us = created_us;
-- name: reminder_delete
DELETE FROM reminders WHERE account_id = ?1 AND show_id = ?2;
-- name: notification_list
SELECT r.*, e.kind, e.at_us, e.at_us > (SELECT notified_us FROM accounts WHERE id = ?1) FROM (
    SELECT 0 AS kind, s.created_us AS at_us, s.number FROM follows AS f JOIN shows AS s ON s.account_id = f.followed_id
    WHERE f.follower_id = ?1 AND s.created_us >= f.created_us AND s.starts_us > 0 AND s.visibility = 0 AND NOT s.is_cancelled
    UNION ALL
    SELECT 1, s.started_us, s.number FROM follows AS f JOIN shows AS s ON s.account_id = f.followed_id
    WHERE f.follower_id = ?1 AND s.started_us >= f.created_us AND s.visibility = 0
    UNION ALL
    SELECT 2, s.started_us, s.number FROM reminders AS m JOIN shows AS s ON s.id = m.show_id
    WHERE m.account_id = ?1 AND s.started_us > 0
        AND NOT EXISTS (SELECT 1 FROM follows WHERE follower_id = ?1 AND followed_id = s.account_id AND s.visibility = 0)
    UNION ALL
    SELECT 3, i.created_us, s.number FROM show_invitations AS i JOIN shows AS s ON s.id = i.show_id
    WHERE i.account_id = ?1 AND NOT s.is_cancelled
        AND NOT EXISTS (SELECT 1 FROM account_settings WHERE account_id = ?1 AND mutes_invitations)
    UNION ALL
    SELECT 1, s.started_us, s.number FROM show_invitations AS i JOIN shows AS s ON s.id = i.show_id
    WHERE i.account_id = ?1 AND s.started_us >= i.created_us
        AND NOT EXISTS (SELECT 1 FROM account_settings WHERE account_id = ?1 AND mutes_invitations)
        AND NOT EXISTS (SELECT 1 FROM reminders WHERE account_id = ?1 AND show_id = s.id)
    ORDER BY 2 DESC LIMIT ?2
) AS e CROSS JOIN show_rows AS r ON r.number = e.number ORDER BY e.at_us DESC, e.kind DESC;
-- name: notifications_read
UPDATE accounts SET notified_us = max(notified_us, ?2) WHERE id = ?1;

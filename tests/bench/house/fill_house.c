// SPDX-License-Identifier: MIT
// Fills a folder as a relay's --data with a house that many people use, through the store's own
// calls: accounts, of which the first MAKERS_COUNT make shows, some many and most few; shows that
// are announced or over; the newest of those over with a replay, of 4 KiB, since nobody plays it;
// and people who are signed in. Usage: fill_house FOLDER ACCOUNTS SHOWS PASSWORD
//
// Accounts are called maker00000 … and viewer00000 …, with one password. FOLDER/tokens gets a line
// for each session: name and token.
#include "relay/account_names.h"
#include "relay/password_hash.h"
#include "relay/recording_dir.h"
#include "relay/store_sqlite.h"
#include "tests/bench/store/made_words.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define IN_FLIGHT 512
#define MAKERS_COUNT 20000
#define SESSIONS_COUNT 2000
#define FOLLOWS_COUNT 100000
#define SHOW_EVERY_US 60000000LL
#define DAY_US 86400000000LL
// Of a thousand shows so many are still to come: of 100,000 as many as a relay holds in memory.
#define SCHEDULED_PER_MILLE 45
#define FILM_BYTES 4096

struct house {
    struct store *store;
    int recordings_fd;
    FILE *tokens;
    size_t accounts_count, shows_count;
    int64_t now_us;
    char (*account_ids)[LIMIT_ID_CHARS + 1];
    char password_hash[LIMIT_PASSWORD_HASH_BYTES + 1];
    unsigned seed;
    // What is being made: the rest of it is asked for by the answers.
    size_t made, wanted;
    enum store_status (*make)(struct house *h, size_t i);
};

static void fail(const char *what) {
    fprintf(stderr, "fill_house: %s\n", what);
    exit(1);
}

static void make_next(struct house *h) {
    if (h->made == h->wanted)
        return;
    const size_t i = h->made++;
    if (h->make(h, i) != STORE_OK)
        fail("the store takes no more");
}

static void make_all(struct house *h, const char *what, size_t count,
                     enum store_status (*make)(struct house *h, size_t i)) {
    const time_t begun = time(NULL);
    h->made = 0;
    h->wanted = count;
    h->make = make;
    for (size_t i = 0; i < IN_FLIGHT; i++)
        make_next(h);
    store_drain(h->store);
    fprintf(stderr, "%zu %s in %ld s\n", count, what, (long)(time(NULL) - begun));
}

static void on_done(void *ctx, enum store_status status) {
    if (status != STORE_OK)
        fail(store_status_name(status));
    make_next(ctx);
}

static void on_account(void *ctx, enum store_status status, const struct store_account *account,
                       bool is_known_address) {
    (void)account;
    (void)is_known_address;
    on_done(ctx, status);
}

static void on_shows(void *ctx, enum store_status status, const struct store_show *rows,
                     size_t count) {
    (void)rows;
    (void)count;
    on_done(ctx, status);
}

// --- Accounts

static void name_of(const struct house *h, size_t i, char out[LIMIT_ACCOUNT_NAME_BYTES + 1]) {
    (void)h;
    snprintf(out, LIMIT_ACCOUNT_NAME_BYTES + 1, i < MAKERS_COUNT ? "maker%05zu" : "viewer%05zu",
             i < MAKERS_COUNT ? i : i - MAKERS_COUNT);
}

static enum store_status make_account(struct house *h, size_t i) {
    struct store_account account = {.created_us = h->now_us - 400 * DAY_US};
    random_id(account.id);
    memcpy(h->account_ids[i], account.id, sizeof(account.id));
    name_of(h, i, account.name);
    if (!account_name_read(account.canonical, account.name))
        fail("a name that is none");
    snprintf(account.display_name, sizeof(account.display_name), "%s the %zu.", account.name, i);
    memcpy(account.password_hash, h->password_hash, sizeof(account.password_hash));
    return store_account_create(h->store, &account, NULL, on_account, h);
}

// Few have many: a tenth of the makers has a third of all.
static size_t some_maker(struct house *h) {
    const size_t r = made_random(&h->seed) % MAKERS_COUNT;
    return r * r / MAKERS_COUNT;
}

static enum store_status make_follow(struct house *h, size_t i) {
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1], canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    const size_t follower = MAKERS_COUNT + i % (h->accounts_count - MAKERS_COUNT);
    name_of(h, some_maker(h), name);
    (void)account_name_read(canonical, name);
    return store_follow(h->store, h->account_ids[follower], canonical, h->now_us - 300 * DAY_US,
                        on_done, h);
}

static enum store_status make_session(struct house *h, size_t i) {
    struct store_session session = {.created_us = h->now_us,
                                    .expires_us = h->now_us + 365 * DAY_US};
    char token[LIMIT_KEY_CHARS + 1], name[LIMIT_ACCOUNT_NAME_BYTES + 1];
    random_id(session.id);
    random_key(token);
    secret_hash(session.token_hash, token);
    memcpy(session.account_id, h->account_ids[MAKERS_COUNT + i], sizeof(session.account_id));
    snprintf(session.address, sizeof(session.address), "127.0.0.1");
    name_of(h, MAKERS_COUNT + i, name);
    fprintf(h->tokens, "%s\t%s\n", name, token);
    return store_session_create(h->store, &session, on_done, h);
}

// --- Shows

static void make_replay(const struct house *h, const struct store_show *show) {
    const int film = recording_open_file(h->recordings_fd, show->id, RECORDING_REPLAY,
                                         O_WRONLY | O_CREAT | O_EXCL);
    char json[1024], started[32];
    const time_t started_s = (time_t)(show->started_us / 1000000);
    struct tm utc;
    if (film < 0 || ftruncate(film, FILM_BYTES) != 0)
        fail("a replay cannot be written");
    close(film);
    strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&started_s, &utc));
    const int len = snprintf(json, sizeof(json),
                             "{\"id\":\"%s\",\"title\":\"%s\",\"startedAt\":\"%s\","
                             "\"durationMs\":3600000,\"sizeBytes\":%d}",
                             show->id, show->about.title, started, FILM_BYTES);
    if (recording_replace_file(h->recordings_fd, show->id, RECORDING_META, json, (size_t)len,
                               false) != 0)
        fail("a replay's words cannot be written");
}

static enum store_status make_show(struct house *h, size_t i) {
    static const char *const categories[] = {"", "music", "talk", "art", "games"};
    struct store_show show = {.created_us =
                                  h->now_us - (int64_t)(h->shows_count - i) * SHOW_EVERY_US};
    random_id(show.id);
    memcpy(show.account_id, h->account_ids[some_maker(h)], sizeof(show.account_id));
    for (unsigned n = 0; n < 4; n++)
        made_word_add(show.about.title, sizeof(show.about.title), &h->seed);
    for (unsigned n = 0; n < 24; n++)
        made_word_add(show.about.description, sizeof(show.about.description), &h->seed);
    snprintf(show.about.category, sizeof(show.about.category), "%s",
             categories[made_random(&h->seed) % 5]);
    if (made_random(&h->seed) % 1000 < SCHEDULED_PER_MILLE) {
        show.state = STORE_SHOW_SCHEDULED;
        show.about.starts_us = h->now_us + (int64_t)(i % 300 + 1) * DAY_US;
    } else {
        show.state = STORE_SHOW_ENDED;
        show.started_us = show.created_us;
        show.ended_us = show.created_us + 3600000000LL;
        if (i + LIMIT_REPLAYS_COUNT >= h->shows_count)
            make_replay(h, &show);
    }
    return store_show_create(h->store, &show, NULL, on_shows, h);
}

static FILE *open_tokens(const char *folder) {
    char path[512];
    snprintf(path, sizeof(path), "%s/tokens", folder);
    return fopen(path, "w");
}

int main(int argc, char **argv) {
    char path[512], error[STORE_ERROR_BYTES];
    struct house h = {.seed = 7, .now_us = (int64_t)time(NULL) * 1000000};
    const struct store_config config = {0};
    if (argc != 5 || random_start() != 0)
        return 2;
    h.accounts_count = strtoul(argv[2], NULL, 10);
    h.shows_count = strtoul(argv[3], NULL, 10);
    if (h.accounts_count < MAKERS_COUNT + SESSIONS_COUNT)
        fail("more accounts are needed");
    snprintf(path, sizeof(path), "%s/recordings", argv[1]);
    if (mkdir(argv[1], 0755) != 0 || mkdir(path, 0755) != 0)
        fail("the folder must be a new one");
    h.recordings_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    snprintf(path, sizeof(path), "%s/tabcast.db", argv[1]);
    h.store = store_sqlite_open(&config, path, error);
    h.account_ids = calloc(h.accounts_count, sizeof(*h.account_ids));
    h.tokens = open_tokens(argv[1]);
    if (h.recordings_fd < 0 || !h.store || !h.account_ids || !h.tokens ||
        !password_hash(h.password_hash, argv[4], strlen(argv[4])))
        fail("the folder cannot be filled");
    make_all(&h, "accounts", h.accounts_count, make_account);
    make_all(&h, "shows", h.shows_count, make_show);
    make_all(&h, "follows", FOLLOWS_COUNT, make_follow);
    make_all(&h, "sessions", SESSIONS_COUNT, make_session);
    store_close(h.store);
    close(h.recordings_fd);
    free(h.account_ids);
    return fclose(h.tokens) == 0 ? 0 : 1;
}

// SPDX-License-Identifier: MIT
// The catalogue of shows: announced, live and just ended, found by id. Lives in memory;
// show_keeper.h keeps the store in step. Owns every struct show. Pure: no I/O, time is an argument.
#ifndef TABCAST_RELAY_SHOWS_H
#define TABCAST_RELAY_SHOWS_H

#include "relay/message.h"
#include "relay/random.h"
#include "relay/show_about.h"
#include "shared/limits.h"

struct room;

enum show_state { SHOW_SCHEDULED, SHOW_LIVE, SHOW_RECONNECTING, SHOW_ENDED, SHOW_STATE_COUNT };

struct show {
    char id[LIMIT_ID_CHARS + 1];
    struct show_about about;
    char account_id[LIMIT_ID_CHARS + 1]; // whose it is; "" = a guest's, and so are the next two
    char creator_name[LIMIT_ACCOUNT_NAME_BYTES + 1];
    char creator_display_name[LIMIT_NAME_BYTES + 1];
    enum show_state state;
    bool is_cancelled; // SHOW_ENDED without having begun
    uint8_t key_hash[SECRET_HASH_LEN];
    int64_t created_unix_us;
    int64_t started_unix_us; // of media time zero; 0 = never started
    uint64_t
        touched_us; // monotonic: last time something happened to it; decides when it is forgotten
    struct message *poster; // the newest POSTER, or NULL
    struct room *room;      // while somebody is in it, or NULL
    uint8_t told;           // what of it was told by Web Push (show_news.c)
    bool is_unsaved;        // the store could not take its newest state yet
    uint8_t told_state;     // enum programme_state: what front pages were told last
    uint32_t told_viewers;
};

struct shows {
    struct show **by_id; // sorted
    size_t count;
    size_t capacity;
    // An announced show is about to be forgotten; may be NULL.
    void (*on_forget)(void *ctx, const struct show *show);
    void *on_forget_ctx;
};

const char *show_state_name(enum show_state state);
// True for 12 characters of [a-z2-7]: all other text names nothing.
bool show_id_is_valid(const char *id, size_t len);

int shows_init(struct shows *s, size_t capacity); // 0, or -1 when out of memory
void shows_dispose(struct shows *s);

struct show *shows_find(const struct shows *s, const char *id); // NULL: no such show

// Adds a scheduled show with a new id; `key` gets its key, which is kept as a hash alone. NULL when
// the catalogue is full, even after forgetting what may be forgotten, or memory is.
struct show *shows_add(struct shows *s, const char *title, const char *description,
                       char key[LIMIT_KEY_CHARS + 1], uint64_t now_us, int64_t unix_us);

// Adds a show as it was kept, the id included. NULL: full, out of memory, or its id is there.
struct show *shows_restore(struct shows *s, const struct show *kept);
// How many shows of the account are announced or live.
size_t shows_count_of(const struct shows *s, const char *account_id);
void shows_remove(struct shows *s, struct show *show); // frees it; it must have no room

// Forgets scheduled shows nobody touched for a day (an account's: for more than a year) and ended
// ones after an hour; never one with a room.
void shows_forget_old(struct shows *s, uint64_t now_us);

#endif

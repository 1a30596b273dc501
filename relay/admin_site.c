// SPDX-License-Identifier: MIT
// What admins and moderators see of the whole site: figures, all shows that are announced or live,
// all replays; and taking a replay away, which its owner may, too.
#include "relay/account_call.h"
#include "relay/admin_json.h"
#include "relay/admin_rights.h"
#include "relay/api_json.h"
#include "relay/recording_dir.h"
#include "relay/replay_files.h"
#include "relay/room.h"
#include "relay/show_entry.h"
#include "relay/show_rights.h"
#include "relay/store_file.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define SHOWS_SHOWN_COUNT 200

static bool refuse(struct account_call *a) {
    if (admin_may(a->account.role, ADMIN_SEE))
        return false;
    account_call_problem(a, 403, "Forbidden", "Your role does not allow this.", 0);
    return true;
}

// --- Figures

static struct admin_storage measure(const struct account_call *a) {
    static const char *const files[] = {"../" STORE_FILE, "../" STORE_FILE "-wal"};
    struct admin_storage storage = {0};
    struct statvfs space;
    struct stat info;
    for (size_t i = 0; i < a->relay->replays.count; i++)
        storage.replays_bytes += a->relay->replays.by_id[i]->size_bytes;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (fstatat(a->recordings_fd, files[i], &info, 0) == 0)
            storage.database_bytes += (uint64_t)info.st_size;
    if (fstatvfs(a->recordings_fd, &space) == 0)
        storage.free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
    return storage;
}

static void on_counts(void *ctx, enum store_status status, const struct store_counts *counts) {
    struct account_call *const a = ctx;
    size_t len = 0;
    if (account_call_failed(a, status, ""))
        return;
    const struct admin_storage storage = measure(a);
    char *const json = admin_json_overview(a->relay, counts, &storage, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void count(struct account_call *a) {
    if (!refuse(a))
        account_call_failed(a, store_count(a->accounts->store, on_counts, a), "");
}

static void begin_reading(struct call *c, void (*next)(struct account_call *a)) {
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, next);
}

void admin_overview(struct call *c) { begin_reading(c, count); }

// --- Shows: live ones first, by how many watch, then the announced, newest first

static int by_weight(const void *left, const void *right) {
    const struct show *const a = ((const struct api_show_item *)left)->show;
    const struct show *const b = ((const struct api_show_item *)right)->show;
    if ((a->state == SHOW_SCHEDULED) != (b->state == SHOW_SCHEDULED))
        return a->state == SHOW_SCHEDULED ? 1 : -1;
    const uint32_t seen[2] = {a->room ? a->room->viewer_count : 0,
                              b->room ? b->room->viewer_count : 0};
    if (seen[0] != seen[1])
        return seen[0] > seen[1] ? -1 : 1;
    if (a->created_unix_us != b->created_unix_us)
        return a->created_unix_us > b->created_unix_us ? -1 : 1;
    return strcmp(a->id, b->id);
}

static void list_shows(struct account_call *a) {
    const struct shows *const shows = &a->relay->shows;
    struct api_show_item *items;
    size_t len = 0, found = 0;
    char *json = NULL;
    if (refuse(a))
        return;
    items = calloc(shows->count + 1, sizeof(*items));
    for (size_t i = 0; i < shows->count && items; i++)
        if (shows->by_id[i]->state != SHOW_ENDED) {
            items[found].show = shows->by_id[i];
            items[found++].is_locked =
                show_is_closed(shows->by_id[i]->about.visibility) && a->account.role != ROLE_ADMIN;
        }
    if (items) {
        qsort(items, found, sizeof(*items), by_weight);
        if (found > SHOWS_SHOWN_COUNT)
            found = SHOWS_SHOWN_COUNT;
        json = api_json_show_items(items, found, "", &len);
    }
    free(items);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

void admin_show_list(struct call *c) { begin_reading(c, list_shows); }

// --- Replays

static void list_replays(struct account_call *a) {
    size_t len = 0;
    if (refuse(a))
        return;
    char *const json = api_json_replays(&a->relay->replays, &a->page, true, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

void admin_replay_list(struct call *c) {
    struct api_page page;
    if (!api_page_read(&page, c->request->query)) {
        http_problem(c->out, 400, "Bad request", "limit is 1 to 100; cursor is what `next` said.");
        return;
    }
    struct account_call *const a = account_call_begin(c, false, NULL);
    if (!a)
        return;
    a->page = page;
    account_call_authenticate(a, c->request->token, list_replays);
}

// --- Taking a replay away

static void remove_replay(struct account_call *a, const char *owner_id) {
    const struct person person = person_of(&a->account);
    const struct replay *const replay = replays_find(&a->relay->replays, a->id);
    const struct show_visitor visitor = {.person = person, .pass = a->pass, .unix_us = a->unix_us};
    if (!replay || (replay->door && show_door_entry(replay->door, &visitor) == SHOW_ENTRY_HIDDEN)) {
        account_call_problem(a, 404, "Not found", SHOW_MISSING, 0);
        return;
    }
    if (!show_may(show_actor_of(&person, owner_id), SHOW_DELETE_REPLAY)) {
        account_call_problem(a, 403, "Forbidden", "This is not your replay.", 0);
        return;
    }
    if (recording_discard(a->recordings_fd, a->id) != 0) {
        account_call_problem(a, 503, "Service unavailable",
                             "The relay cannot write to its disk; please try again later.", 30);
        return;
    }
    replays_remove(&a->relay->replays, a->id);
    if (a->relay->recorder)
        recorder_sweep(a->relay->recorder, a->id);
    log_event(a->relay->log, a->unix_us, LOG_LEVEL_INFO, "replay-deleted",
              LOG_TEXT("replay", a->id), LOG_TEXT("by", a->account.name),
              LOG_TEXT("address", a->address));
    account_call_answer(a, 204, NULL, 0, NULL, NULL);
}

// A part behind a restart has an id of its own, which is no show's: nobody owns it.
static void on_show(void *ctx, enum store_status status, const struct store_show *rows,
                    size_t found) {
    struct account_call *const a = ctx;
    if (status != STORE_NOT_FOUND && account_call_failed(a, status, ""))
        return;
    remove_replay(a, found ? rows->account_id : "");
}

static void find_owner(struct account_call *a) {
    if (!replays_find(&a->relay->replays, a->id))
        account_call_problem(a, 404, "Not found", SHOW_MISSING, 0);
    else
        account_call_failed(a, store_show_find(a->accounts->store, a->id, on_show, a), "");
}

void replay_end(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, find_owner);
}

// SPDX-License-Identifier: MIT
// Covers of shows: given by who may change the show, kept as ID.cover beside the recordings, handed
// out to whom the show is open. What they are is told by their own first bytes.
#include "relay/account_call.h"
#include "relay/api_json.h"
#include "relay/image_check.h"
#include "relay/recording_dir.h"
#include "relay/replay_files.h"
#include "relay/show_entry.h"
#include "relay/show_keeper.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_kept(void *ctx, enum store_status status) {
    struct account_call *const a = ctx;
    struct show *const show = shows_find(&a->relay->shows, a->id);
    size_t len = 0;
    if (account_call_failed(a, show ? status : STORE_NOT_FOUND, "This show is gone."))
        return;
    show->about.cover_s = a->about.cover_s;
    if (!show->about.cover_s)
        (void)recording_remove_file(a->recordings_fd, show->id, RECORDING_COVER);
    const struct api_show_item item = {.show = show, .is_owners = true};
    char *const json = api_json_show(&item, &len);
    account_call_answer(a, 200, json, len, NULL, NULL);
}

static void keep(struct account_call *a, const struct show *show, int64_t cover_s) {
    struct store_show kept;
    a->about.cover_s = cover_s;
    show_to_store(&kept, show, a->unix_us);
    kept.about.cover_s = cover_s;
    account_call_failed(a, store_show_edit(a->accounts->store, &kept, a->unix_us, on_kept, a), "");
}

// A change within the same second is another cover, too.
static int64_t next_version(const struct account_call *a, const struct show *show) {
    const int64_t now_s = a->unix_us / 1000000;
    return now_s > show->about.cover_s ? now_s : show->about.cover_s + 1;
}

static void set(struct account_call *a) {
    const struct show *const show = show_entry_allowed(a, SHOW_EDIT);
    if (!show)
        return;
    if (recording_replace_file(a->recordings_fd, show->id, RECORDING_COVER, a->blob, a->blob_len,
                               false) != 0)
        account_call_problem(a, 503, "Service unavailable",
                             "The relay cannot write to its disk; please try again later.", 30);
    else
        keep(a, show, next_version(a, show));
}

static void unset(struct account_call *a) {
    const struct show *const show = show_entry_allowed(a, SHOW_EDIT);
    if (show)
        keep(a, show, 0);
}

void cover_set(struct call *c) {
    const struct image_info info = image_check((const uint8_t *)c->body, c->body_len);
    if (info.kind == IMAGE_NONE) {
        http_problem(c->out, 415, "Unsupported media type",
                     "A cover is one whole JPEG, PNG or WebP.");
        return;
    }
    if (info.width > LIMIT_COVER_SIDE || info.height > LIMIT_COVER_SIDE) {
        http_problem(c->out, 422, "Unprocessable content",
                     "A cover is at most 4096 pixels wide and high.");
        return;
    }
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (!a)
        return;
    a->blob = malloc(c->body_len);
    if (!a->blob) {
        account_call_busy(a);
        return;
    }
    memcpy(a->blob, c->body, c->body_len);
    a->blob_len = c->body_len;
    account_call_authenticate(a, c->request->token, set);
}

void cover_end(struct call *c) {
    struct account_call *const a = account_call_begin(c, true, NULL);
    if (a)
        account_call_authenticate(a, c->request->token, unset);
}

static const char *type_of(int dir_fd, const char *id) {
    uint8_t first = 0;
    const int fd = recording_open_file(dir_fd, id, RECORDING_COVER, O_RDONLY);
    if (fd < 0)
        return NULL;
    const int64_t got = recording_read_at(fd, &first, 1, 0);
    close(fd);
    return got != 1        ? NULL
           : first == 0xff ? image_type(IMAGE_JPEG)
           : first == 0x89 ? image_type(IMAGE_PNG)
                           : image_type(IMAGE_WEBP);
}

void cover_get(struct call *c) {
    const struct show *const show = shows_find(&c->api->relay->shows, c->id);
    const struct replay *const replay = replays_find(&c->api->relay->replays, c->id);
    const char *const type = show || replay ? type_of(c->api->recordings_fd, c->id) : NULL;
    char version[32];
    if (!show && !replay) {
        show_entry_missing(c->out);
        return;
    }
    if (!show_entry_lets_to(c, show, replay))
        return;
    if (!type || (show && !show->about.cover_s) ||
        replay_file_serve(c->api->recordings_fd, c->id, RECORDING_COVER, type, c->request,
                          c->out) != 0) {
        http_problem(c->out, 404, "Not found", "There is no cover.");
        return;
    }
    const bool is_open = show ? !show_is_closed(show->about.visibility) : !replay->door;
    if (is_open && http_query_find(c->request->query, "v", version, sizeof(version)))
        c->out->cache_control = "public, max-age=31536000, immutable";
}

// SPDX-License-Identifier: MIT
// A whole relay fed by three peers with anything: texts, media, pulls, time, disconnects. No byte
// may crash it, and the counts of members must stay true. Input: records of one byte what, one byte
// peer, two bytes length, bytes.
#include "relay/publish.h"
#include "relay/relay.h"
#include "relay/room.h"
#include "relay/session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void wake_branch(struct branch *b) { (void)b; }

// As the network does: whoever is in step takes what is pushed, all of it (`takes`) or nothing.
static void push_all(struct relay *relay, bool takes, uint64_t now_us) {
    static struct span span;
    static struct bundle bundle;
    uint64_t due_us;
    for (struct room *room = relay->rooms; room; room = room->next)
        for (struct branch *b = room->branches; b; b = b->next) {
            if (branch_take(b, &span, takes, now_us, &due_us) != BRANCH_SPAN)
                continue;
            for (uint32_t i = 0; i < b->count; i++) {
                struct viewer *const v = b->viewers[i];
                if (!v->is_in_step)
                    continue;
                if (!takes || !bundle_make(&bundle, &span, v->rendition))
                    branch_leave_step(v, span.texts_at, span.media_at);
                else
                    assert(bundle.count <= span.count &&
                           bundle_stopped_in(&bundle, bundle.len) == bundle.count);
            }
            span_dispose(&span);
        }
    bundle_dispose(&bundle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define PEER_COUNT 3

static void wake(void *conn) { (void)conn; }

static struct session *peers[PEER_COUNT];

static void cut(void *conn) { *(bool *)conn = true; }

// A hello with the true id and key, which the fuzzer could never guess.
static void say_hello(struct session *s, const struct show *show, const char *key,
                      bool is_publisher) {
    char json[256];
    const int n = snprintf(
        json, sizeof(json),
        "{\"type\":\"hello\",\"version\":1,\"role\":\"%s\",\"show\":\"%s\",\"key\":\"%s\"}",
        is_publisher ? "publish" : "watch", show->id, key);
    session_text(s, json, (size_t)n, 1000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static const struct relay_config config = {.rooms_count = 2,
                                               .members_count = 3,
                                               .shows_per_minute = 1,
                                               .publisher_bps = 8000000,
                                               .public_url = "",
                                               .version = ""};
    struct relay relay;
    char key[LIMIT_KEY_CHARS + 1];
    bool cuts[PEER_COUNT];
    uint64_t now_us = 1000000;
    if (random_start() != 0 || relay_init(&relay, &config, now_us, 1800000000000000) != 0)
        abort();
    relay.wake = wake;
    relay.wake_branch = wake_branch;
    struct show *const show = shows_add(&relay.shows, "T", "", key, now_us, 1);
    while (len >= 4) {
        const unsigned what = data[0], who = data[1] % PEER_COUNT;
        size_t n = (size_t)data[2] << 8 | data[3];
        data += 4;
        len -= 4;
        if (n > len)
            n = len;
        if (!peers[who])
            peers[who] = session_create(&relay, 0, &cuts[who], "", now_us);
        struct session *const s = peers[who];
        struct message *m = NULL;
        switch (what % 8) {
        case 0:
            session_text(s, (const char *)data, n, now_us);
            break;
        case 1:
            session_media(s, data, n, now_us);
            break;
        case 2:
            say_hello(s, show, key, n & 1);
            break;
        case 3:
            while (session_pull(s, &m, now_us) == SESSION_PULL_MESSAGE)
                message_unref(m);
            break;
        case 4:
            now_us += (uint64_t)n * 1000;
            relay_tick(&relay, 0, now_us, cut);
            break;
        case 5:
            session_destroy(s, now_us);
            peers[who] = NULL;
            break;
        case 6:
            session_oversize(s, n & 1, now_us);
            break;
        default:
            if (session_pull(s, &m, now_us) == SESSION_PULL_MESSAGE)
                message_unref(m);
            break;
        }
        push_all(&relay, what & 0x80, now_us);
        data += n;
        len -= n;
        assert(relay.viewer_count <= PEER_COUNT && relay.publisher_count <= PEER_COUNT);
        for (const struct room *room = relay.rooms; room; room = room->next)
            for (unsigned r = 0; r < LIMIT_RENDITIONS_COUNT; r++)
                assert(room->renditions.wanting[r] <= room->viewer_count);
    }
    for (unsigned i = 0; i < PEER_COUNT; i++)
        if (peers[i]) {
            session_destroy(peers[i], now_us);
            peers[i] = NULL;
        }
    assert(relay.viewer_count == 0 && relay.publisher_count == 0 &&
           relay_session_count(&relay) == 0);
    relay_dispose(&relay);
    return 0;
}

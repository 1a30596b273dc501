// SPDX-License-Identifier: MIT
// A relay without sockets for unit tests: sessions are opened by hand, time is a number, what they
// would send is collected. Everything below the sockets is the real thing.
#ifndef TABCAST_TESTS_RELAY_KIT_H
#define TABCAST_TESTS_RELAY_KIT_H

#include "relay/branch.h"
#include "relay/relay.h"
#include "relay/room.h"
#include "relay/session.h"

#define KIT_INBOX_COUNT 4096

struct kit_peer {
    struct session *session;
    struct message *inbox[KIT_INBOX_COUNT]; // what it pulled, references held
    size_t count;
    uint16_t closed; // close code once told to close
    size_t wakes, pings;
    bool holds_answers; // marks behind what it was sent are not answered at once
};

struct kit {
    struct relay relay;
    uint64_t now_us;
    char key[LIMIT_KEY_CHARS + 1]; // of the show made last
    size_t cuts;
    uint8_t rendition; // of pictures and init segments sent from now on
    bool has_news;     // of some room, for its branches
};

void kit_init(struct kit *k);
void kit_dispose(struct kit *k); // all peers must be closed

struct show *kit_show(struct kit *k, const char *title); // k->key gets its key

void kit_open(struct kit *k, struct kit_peer *p);
void kit_close(struct kit *k, struct kit_peer *p); // the socket is gone; drops the inbox
void kit_say(struct kit *k, struct kit_peer *p, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Opens and says hello.
void kit_watch(struct kit *k, struct kit_peer *p, const struct show *show);
void kit_publish(struct kit *k, struct kit_peer *p, const struct show *show, const char *key);
void kit_start(struct kit *k, struct kit_peer *p, double timestamp_ms);
// Sends a media message; takes the reference.
void kit_send(struct kit *k, struct kit_peer *p, struct message *take);
void kit_send_init(struct kit *k, struct kit_peer *p);
// flags: enum wire_flag.
void kit_send_video(struct kit *k, struct kit_peer *p, uint64_t timestamp_us, unsigned flags,
                    unsigned temporal_id, size_t bytes);
void kit_send_audio(struct kit *k, struct kit_peer *p, uint64_t timestamp_us);

// What the network does before it sleeps: wakes viewers whose room has something new.
void kit_serve(struct kit *k);
// Pulls until there is nothing; `limit` messages at most (0 = all).
void kit_pull(struct kit *k, struct kit_peer *p, size_t limit);
void kit_forget(struct kit_peer *p);       // empties the inbox
void kit_tick(struct kit *k, uint64_t us); // time passes, in steps of 50 ms

// The n-th (from 0) text in the inbox which contains `part`, or NULL.
const char *kit_text(const struct kit_peer *p, const char *part, size_t n);
size_t kit_count_kind(const struct kit_peer *p, enum wire_kind kind);

#endif

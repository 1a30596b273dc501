// SPDX-License-Identifier: MIT
// One show sent by an encoder elsewhere (ffmpeg, OBS) instead of a tab. Takes the WebM of the
// request's body, cuts it into wire messages and publishes them through a session of its own
// (session.h), so that every rule for publishers holds unchanged. Knows no socket and no HTTP
// framing; time is an argument. Everything here is called with the relay's lock held.
//
// Times: the stream's clock is moved onto the show's once, when what the muxer handed over first is
// complete: its newest frame is "now". After that a frame goes out when it comes, but never more
// than LIMIT_INGEST_LEAD_US ahead of the show's clock: ingest_take then takes no more.
#ifndef TABCAST_RELAY_INGEST_H
#define TABCAST_RELAY_INGEST_H

#include "relay/ingest_cut.h"
#include "relay/relay.h"

struct gathered_frame;

enum ingest_state {
    INGEST_GATHERING, // frames wait for the show's clock
    INGEST_ON_AIR,
    INGEST_OVER // see `problem`
};

// Why it is over; status 0: no fault.
struct ingest_problem {
    uint16_t status; // of HTTP
    const char *title;
    char detail[INGEST_REASON_BYTES];
};

struct ingest {
    struct relay *relay;
    struct session *session;
    enum ingest_state state;
    struct ingest_problem problem;
    // Private from here.
    struct ingest_frame frame; // read and not yet placed
    bool has_frame;
    struct gathered_frame *gathered, **gathered_end;
    size_t gathered_count, gathered_bytes;
    uint64_t earliest_us, latest_us; // of the gathered ones, on the stream's clock
    int64_t shift_us;                // stream's clock to show's
    uint64_t newest_us[2];           // published, of sound and pictures
    uint32_t sequence[2];
    uint8_t *message; // being made
    size_t message_cap;
    struct ingest_cut cut;
};

// Takes the publisher's seat of the show that the key opens. NULL: *why tells (403 no show's key,
// 409 somebody is sending, 410 ended, 503).
struct ingest *ingest_create(struct relay *relay, unsigned loop, const char *key,
                             const char *address, uint64_t now_us, struct ingest_problem *why);
// The connection is gone: leaves the seat, the show's grace begins. NULL is allowed.
void ingest_destroy(struct ingest *i, uint64_t now_us);

// Bytes of the body; returns how many were taken. Fewer: the stream is ahead of the show's clock
// (call again later with the rest), or over.
size_t ingest_take(struct ingest *i, const uint8_t *bytes, size_t len, uint64_t now_us);
// A frame waits for its time; ingest_take with no bytes tries again.
static inline bool ingest_is_held(const struct ingest *i) {
    return i->has_frame && i->state == INGEST_ON_AIR;
}
// Nothing more is there for now: what was gathered goes on air.
void ingest_dry(struct ingest *i, uint64_t now_us);
// The body is complete, and nothing is held.
void ingest_finish(struct ingest *i, uint64_t now_us);
// A few times a second: hears what the session has to say (replaced, ended, stopping).
void ingest_tick(struct ingest *i, uint64_t now_us);

// Ends the show that the key opens; *why as above, or 409 when it is not on.
bool ingest_end_show(struct relay *relay, const char *key, uint64_t now_us,
                     struct ingest_problem *why);

#endif

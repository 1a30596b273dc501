// SPDX-License-Identifier: MIT
// One WebSocket from open to close: the protocol's state machine. Takes whole messages, says what
// to send next when asked (pull), and decides when and with which code to close. Owns its queue of
// texts; the socket owns the session and calls session_destroy when it is gone. Pure: knows no
// socket, time is an argument (monotonic microseconds).
#ifndef TABCAST_RELAY_SESSION_H
#define TABCAST_RELAY_SESSION_H

#include "relay/control.h"
#include "relay/message_queue.h"
#include "relay/packed_address.h"
#include "relay/rate_limit.h"
#include "relay/relay_limits.h"
#include "relay/session_state.h"
#include "relay/viewer.h"
#include <stddef.h>

struct relay;
struct room;
struct session_member;
struct session_papers;

enum session_pull {
    SESSION_PULL_NOTHING,
    SESSION_PULL_MESSAGE,
    SESSION_PULL_PING,  // an empty PING, then pull again
    SESSION_PULL_CLOSE, // close with s->close_code once what was pulled before has left
};

// What a publisher has beyond other sessions.
struct publishing {
    struct rate_limit media, bytes;
    uint64_t media_bytes; // received on this connection, for `ack`
    uint64_t newest_us;   // newest timestamp received
    uint64_t acked_bytes;
    uint64_t acked_us;  // when the last ack was made
    uint64_t poster_us; // when the last poster came; 0 = never
};

// Thousands say nothing and cost what stands here.
struct session {
    struct relay *relay;
    struct session *previous, *next;           // of the relay, on this loop
    struct room *room;                         // NULL before hello and after leaving
    struct session *room_previous, *room_next; // of the room, or of those who listen
    void *conn;                                // the socket's, for relay->wake
    char *name;                                // NULL before hello
    struct session_member *member;             // presence.h; owned; NULL = a guest
    char *pass;                                // of its show's password; owned; NULL = none
    struct publishing *publishing;             // of a publisher; else NULL
    enum session_state state;
    uint16_t loop;       // whose thread owns the socket
    uint16_t close_code; // valid when CLOSING
    bool is_publisher;
    bool is_listening;
    bool needs_ping;
    char id[LIMIT_ID_CHARS + 1];
    struct packed_address address;

    struct session_papers *papers; // until hello (session_door.h); NULL = none
    struct viewer viewer;          // when WATCHING
    uint64_t text_cursor;          // in the room's ring of texts; for a viewer when not in step
    struct message_queue queue;    // for this session alone

    uint64_t entered_us; // when it was opened; when CLOSING, since when it is
    uint64_t heard_us;   // when the peer last said anything
    uint64_t took_us;    // when the socket last took something, or had nothing to take
    uint64_t pinged_us;
    struct rate_limit texts, chat;
};

static inline struct session *session_of_viewer(struct viewer *v) {
    return (struct session *)((char *)v - offsetof(struct session, viewer));
}

// `conn` is woken (relay->wake) whenever session_pull has something; `address` is a numeric one, or
// "". NULL when out of memory.
struct session *session_create(struct relay *relay, unsigned loop, void *conn, const char *address,
                               uint64_t now_us);
// The socket is gone: leaves the room, frees everything.
void session_destroy(struct session *s, uint64_t now_us);

// The longest message the session takes now; longer ones are refused before they are stored.
size_t session_limit_bytes(const struct session *s, bool is_text);

// One whole message from the peer. Ignored when CLOSING.
void session_text(struct session *s, const char *text, size_t len, uint64_t now_us);
void session_media(struct session *s, const uint8_t *bytes, size_t len, uint64_t now_us);

// A message beyond session_limit_bytes has begun; it is not read to its end.
void session_oversize(struct session *s, bool is_text, uint64_t now_us);

// Control frames came: PINGs, PONGs, CLOSEs. They count as messages do; false: too many.
bool session_control(struct session *s, unsigned count, uint64_t now_us);
// The peer answered a PING.
void session_heard(struct session *s, uint64_t now_us);

// Refuses: counts, tells the peer, and closes if the table says so.
void session_refuse(struct session *s, enum refusal why, uint64_t now_us);
// The same from another loop, whose viewers are not ours to take from their branch: it gets nothing
// more, and leaves its room when its socket is gone.
void session_turn_out(struct session *s, enum refusal why, uint64_t now_us);
// Closes without blame (1000, 1001).
void session_close(struct session *s, uint16_t close_code, uint64_t now_us);

// Changes the name that others see. False when out of memory: it stays.
bool session_take_name(struct session *s, const char *name);

// Queues a text for this session alone. Takes the caller's reference; false when it was left out
// (full queue, memory).
bool session_tell(struct session *s, struct message *take_text);

// What to write next; *out is a reference for the caller.
enum session_pull session_pull(struct session *s, struct message **out, uint64_t now_us);
bool session_wants_write(const struct session *s);

// Hello timeout, pings, dead and stalled sockets: call it once a second. True when the socket shall
// be cut without ceremony.
bool session_tick(struct session *s, uint64_t now_us);

#endif

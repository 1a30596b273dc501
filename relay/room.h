// SPDX-License-Identifier: MIT
// Where a show's publisher and viewers meet: the ring of media, the ring of texts for all, chat,
// clock, counters. A room exists while somebody is in it or its show is on. Knows no socket:
// members are woken and pull (session.h, viewer.h). Nothing here ever waits for a member. Pure:
// time is an argument.
#ifndef TABCAST_RELAY_ROOM_H
#define TABCAST_RELAY_ROOM_H

#include "relay/branch.h"
#include "relay/chat.h"
#include "relay/rate_limit.h"
#include "relay/recorder.h"
#include "relay/renditions.h"
#include "relay/ring.h"
#include "relay/shows.h"
#include "shared/webm_writer.h"

struct relay;
struct session;

enum room_recording { ROOM_RECORDING_OFF, ROOM_RECORDING_ON, ROOM_RECORDING_LAGGING };

struct room {
    struct relay *relay;
    struct show *show; // the show outlives its room
    struct room *previous, *next;

    struct ring media;
    struct ring texts; // for all sessions of the room
    struct chat chat;
    struct renditions renditions;

    struct session *sessions;  // all that said hello: viewers and publisher
    struct session *publisher; // NULL: none connected
    struct branch *branches;   // sessions that watch, and plain HTTP clients, by loop
    uint32_t member_count;     // sessions and plain clients
    uint32_t viewer_count;

    uint64_t epoch_us; // monotonic time of media time zero; valid once show->started_unix_us is set
    uint64_t newest_us[LIMIT_RENDITIONS_COUNT]; // media time of the newest video, per rendition
    uint64_t newest_audio_us;
    bool needs_key[LIMIT_RENDITIONS_COUNT]; // since INIT no key frame has come
    uint64_t publisher_lost_us;             // when it went away while live; 0 = it is there
    struct recording *recording;
    char recording_id[LIMIT_ID_CHARS + 1]; // the show's, or of a part behind a restart of the relay
    enum room_recording recording_state;

    uint64_t timing_told_us; // 0 = never
    uint64_t presence_told_us;
    uint32_t presence_told;   // viewers at that time
    struct rate_limit coming; // joins and leaves told to the publisher
    bool has_untold_coming;   // some were not
    bool is_restored;         // was live when the relay ended; its publisher has not come back yet
    bool is_over;             // the show has ended; members are on their way out
};

// The room of `show`, opened if need be; NULL when the cap of rooms is reached or memory is out.
struct room *room_open(struct relay *relay, struct show *show);
// Closes a room nobody needs any more: no members, and the show not on. Else does nothing.
void room_close_if_idle(struct room *room);

bool room_is_full(const struct room *room);
// The show's clock now (0 before the first start).
uint64_t room_media_time_us(const struct room *room, uint64_t now_us);

// -1: out of memory, and the session is not in the room.
int room_add_session(struct room *room, struct session *s, uint64_t now_us);
void room_remove_session(struct room *room, struct session *s, uint64_t now_us);
// On the loop's thread (v->loop), as is taking it away. -1 when out of memory.
int room_add_viewer(struct room *room, struct viewer *v, uint64_t now_us);
void room_remove_viewer(struct room *room, struct viewer *v);

// The publisher begins or comes back; media may follow. The first time sets the show's clock.
void room_start(struct room *room, uint64_t timestamp_us, uint64_t now_us);
// A show that was live when the relay ended: its clock goes on, and its publisher has as long to
// come back as if its socket had just gone away. NULL: no room can be had.
struct room *room_restore(struct relay *relay, struct show *show, uint64_t now_us);
// Its recording is there, cut off: it goes on when the publisher is back soon.
void room_resume_recording(struct room *room);
// The publisher's socket went away: members are told, its grace begins.
void room_publisher_lost(struct room *room, uint64_t now_us);
// The show is over: told to all, recording finalised, members close themselves once they have
// heard.
void room_end(struct room *room, uint64_t now_us);

// A checked media message of the publisher's goes to the viewers and the recording. Takes its own
// references.
void room_publish(struct room *room, struct message *m, uint64_t now_us);
// A text for all sessions. Takes the caller's reference; NULL (out of memory) is allowed and does
// nothing.
void room_tell(struct room *room, struct message *take_text, uint64_t now_us);
void room_tell_state(struct room *room, uint64_t now_us);
// A wish for a key frame of a rendition: passed on at most once a second.
void room_wish_keyframe(struct room *room, uint8_t rendition, uint64_t now_us);
// Somebody will come in within a moment: that no joiner begins with an old key frame.
void room_expect_viewer(struct room *room, uint64_t now_us);
// What the recorder said about this room's recording.
void room_recorder_event(struct room *room, const struct recorder_event *event, uint64_t now_us);
// Presence, grace, acknowledgements: call it each 50 ms or so.
void room_tick(struct room *room, uint64_t now_us);

#endif

// SPDX-License-Identifier: MIT
// What a slow viewer does not get. Decides per message; sends nothing, holds no message, knows no
// socket and no clock. The picture a viewer decodes stays free of artefacts: whole layers are left
// out, or everything up to a key frame (docs/protocol.md, "What a viewer gets").
//
//   stage        left out                                          entered when behind by
//                                                                  unsent | both   | own report
//   SLOW_NONE    nothing
//   SLOW_NO_TL2  temporal layer 2                                  200 ms | 400 ms | 800 ms
//   SLOW_BASE    layers 1 and 2; layer 1 is back at its next SYNC  500 ms | 700 ms | 1.2 s
//   SLOW_KEYS    all video but key frames, of which one is under   1.2 s  | 1.2 s  | 1.6 s,
//                way at a time; what is older than 1 s                      or 8 MiB unsent
//   SLOW_AUDIO   all video; what is older than 1 s                 10 s of SLOW_KEYS without relief
//                                                                  (2 s of being less behind)
//   SLOW_CLOSED  everything: the connection is to be closed        20 s of SLOW_AUDIO without
//                                                                  relief
//
// "Unsent" is the age of the next message its socket did not take, "both" that and how long what it
// takes is on the way until the viewer has read it (delivery.h). A viewer falls as deep as it is
// behind at once, and rises one stage at a time after a calm while, which doubles when it falls
// again soon (2 s … 16 s).
//
// Before sound alone come the show's lower renditions, one after the other: for whoever has come to
// SLOW_KEYS and not back to SLOW_NO_TL2 within 4 s, or is in SLOW_BASE and was not in SLOW_NONE for
// 6 s. The higher one is tried again after 20 s of calm, which double each time that has failed.
//
// Who relapsed before falls back at 400 ms within 15 s of its next rises.
//
// A stall is something else: a viewer that was well, took nothing for a while, and then everything
// at once (a tunnel, a laptop's lid, a busy page) has shown no lack of speed. Whoever lacked
// nothing, or falls two stages at once, and has nothing waiting soon after (0.3 s; 0.8 s in
// SLOW_BASE, which sends what waited), stood still. It rises after 0.5 s each, up to 2 s when
// stalls follow one another closely, and what is learned of its speed stays.
#ifndef TABCAST_RELAY_SLOW_VIEWER_H
#define TABCAST_RELAY_SLOW_VIEWER_H

#include "shared/wire.h"
#include <stdbool.h>
#include <stdint.h>

enum slow_stage {
    SLOW_NONE,
    SLOW_NO_TL2,
    SLOW_BASE,
    SLOW_KEYS,
    SLOW_AUDIO,
    SLOW_CLOSED,
    SLOW_STAGE_COUNT
};

enum slow_event {
    SLOW_ON_LATE,         // behind enough for SLOW_NO_TL2,
    SLOW_ON_LATER,        // SLOW_BASE,
    SLOW_ON_TOO_LATE,     // SLOW_KEYS
    SLOW_ON_STUCK,        // no relief in this stage, and there is a lower rendition
    SLOW_ON_STUCK_LOWEST, // no relief, and there is none
    SLOW_ON_CALM,         // long enough below half of what the stage is entered at
    SLOW_ON_CALM_LOWERED, // the same, long enough for a higher rendition, of which there is one
    SLOW_EVENT_COUNT
};

enum slow_action {
    SLOW_STAY,
    SLOW_FALL,
    SLOW_JUMP, // has fallen into SLOW_KEYS, or is still too late there: a fresh key frame helps
    SLOW_RISE,
    SLOW_LOWER,  // go on with the next lower rendition at its next key frame
    SLOW_HIGHER, // the same upwards
    SLOW_CLOSE,
    SLOW_ACTION_COUNT
};

struct slow_step {
    uint8_t stage;  // enum slow_stage
    uint8_t action; // enum slow_action
};

// The whole policy as a table: (stage, event) -> (stage, action).
struct slow_step slow_next(enum slow_stage stage, enum slow_event event);

enum slow_verdict {
    SLOW_SEND,
    SLOW_SEND_GAP, // send the twin with the GAP flag
    SLOW_DROP,
};

// Older unsent messages are never sent from SLOW_KEYS on, nor the newest key frame beyond the
// second limit, nor what would be older than the third when it is read.
#define SLOW_OLDEST_US 1000000ULL
#define SLOW_OLDEST_KEY_US 1500000ULL
#define SLOW_OLDEST_READ_US 1400000ULL
// A line of a tenth of the show's rate carries a key frame for a second: another one behind it, or
// behind what is left of better times, would come two seconds late. It is sent when it is expected
// to be read in time; as long as the viewer's speed is not known, when nothing else is under way.
#define SLOW_OLDEST_READ_KEY_US 1700000ULL
#define SLOW_BUSY_US 250000ULL
// As many key frames in a row that are too large for the line leave sound alone.
#define SLOW_MISFITS_COUNT 3
// A jump lands only on a key frame at most this old.
#define SLOW_JUMP_OLDEST_US 1000000ULL

struct slow_viewer {
    uint8_t stage;      // enum slow_stage
    uint8_t lost_layer; // lowest temporal layer others build on with a frame left out: 0 = wait for
                        // a key frame, 1, 3 = none
    bool has_video_gap; // video was left out since the last video sent
    bool has_audio_gap; // the same of audio
    uint8_t misfits_count;   // key frames too large for its line since the last one that was not
    uint64_t entered_us;     // when it came into its stage, or last found lasting relief there
    uint64_t relieved_us;    // since when it is less behind than SLOW_KEYS; 0 = it is not
    uint64_t troubled_us;    // when it came into SLOW_KEYS without having been well since; 0 = well
    uint64_t well_us;        // when it last lacked nothing
    uint64_t calm_since_us;  // since when it is less behind than its stage; 0 = it is not
    uint64_t calm_needed_us; // before it rises
    uint64_t rose_us;        // when it last rose; 0 = never
    uint64_t fell_us;        // when it last fell
    uint64_t stall_calm_us;  // before it rises behind a stall
    bool is_stall;           // its last fall looks like one so far
    bool is_relapse;         // that fall came soon after a rise
    uint64_t higher_calm_us; // before a higher rendition is tried
    uint64_t highered_us;    // when that was last tried; 0 = never
    uint64_t unread_us;      // of the view assessed last
    uint64_t shown_behind_us; // by its own report
    uint64_t reported_us;     // when; 0 = never
};

// What is known about the viewer when its next message is looked at.
struct slow_view {
    uint64_t now_us;
    uint64_t unsent_us;    // age of that message; 0 when nothing waits
    uint64_t unread_us;    // how long what is sent now will wait to be read; 0 when not known
    uint64_t unsent_bytes; // from the first unsent message to the newest
    bool can_lower;        // there is a lower rendition
    bool can_raise;        // it was lowered
};

void slow_viewer_init(struct slow_viewer *v);

// The viewer's own `lag` report. A hidden tab throttles itself, which is no slowness: `is_hidden`
// forgets the report.
void slow_viewer_report(struct slow_viewer *v, uint64_t now_us, uint64_t behind_us, bool is_hidden);

// Nothing is being left out, and nothing sent is missing: decoding goes on with whatever comes.
bool slow_viewer_is_untroubled(const struct slow_viewer *v);
// By its own report it is behind enough to be given less.
bool slow_viewer_reports_trouble(const struct slow_viewer *v, uint64_t now_us);

// Moves the stage; what is to be done about it.
enum slow_action slow_viewer_assess(struct slow_viewer *v, const struct slow_view *view);

// Decides about one VIDEO or AUDIO message and remembers what the decision means for later ones.
// `is_newest_key`: it is the newest key frame there is, worth sending when it is a little older.
// `expected_us`: how long it and what is under way will take to be read; 0 when not known.
enum slow_verdict slow_viewer_judge(struct slow_viewer *v, const struct wire_header *h,
                                    uint64_t unsent_us, uint64_t expected_us, bool is_newest_key);

// `count` messages were skipped without being judged (a jump, an overrun ring); or a new stream
// begins.
void slow_viewer_skipped(struct slow_viewer *v, uint64_t count);

const char *slow_stage_name(unsigned stage);
const char *slow_action_name(unsigned action);

#endif

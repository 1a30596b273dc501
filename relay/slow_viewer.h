// SPDX-License-Identifier: MIT
// What a slow viewer does not get. Decides per message; sends nothing, holds no message, knows no
// socket and no clock. The picture a viewer decodes stays free of artefacts: whole layers are left
// out, or everything up to a key frame (docs/protocol.md, "What a viewer gets").
//
//   stage          left out                                       entered when the viewer is behind
//   by (unsent | shown) SLOW_NONE      nothing SLOW_NO_TL2    temporal layer 2 200 ms | 1.0 s
//   SLOW_BASE      layers 1 and 2; each back at its next SYNC        500 ms | 2.5 s
//   SLOW_KEYS      all video but key frames; what is older than 2 s  1200 ms | 5.0 s, or 8 MiB
//   unsent
//
// "Unsent" is the age of the next message its socket did not take; "shown" is what the viewer
// itself reports. A viewer falls as deep as it is behind at once, and rises one stage at a time
// after a calm while, which doubles when it falls again soon (2 s … 16 s). Lower renditions and
// sound alone will be further stages here.
#ifndef TABCAST_RELAY_SLOW_VIEWER_H
#define TABCAST_RELAY_SLOW_VIEWER_H

#include "shared/wire.h"
#include <stdbool.h>
#include <stdint.h>

enum slow_stage { SLOW_NONE, SLOW_NO_TL2, SLOW_BASE, SLOW_KEYS, SLOW_STAGE_COUNT };

enum slow_verdict {
    SLOW_SEND,
    SLOW_SEND_GAP, // send the twin with the GAP flag
    SLOW_DROP,
};

// Older unsent messages are never sent in stage SLOW_KEYS: a viewer is at most this far behind for
// ever.
#define SLOW_OLDEST_US 2000000ULL
// A jump lands only on a key frame at most this old.
#define SLOW_JUMP_OLDEST_US 1000000ULL

struct slow_viewer {
    uint8_t stage;      // enum slow_stage
    uint8_t lost_layer; // lowest temporal layer with a frame left out: 0 = wait for a key frame, 3
                        // = none
    bool has_video_gap; // video was left out since the last video sent
    bool has_audio_gap; // the same of audio
    uint64_t calm_since_us;   // since when it is less behind than its stage; 0 = it is not
    uint64_t calm_needed_us;  // before it rises
    uint64_t rose_us;         // when it last rose; 0 = never
    uint64_t shown_behind_us; // by its own report
    uint64_t reported_us;     // when; 0 = never
    uint64_t dropped_count[SLOW_STAGE_COUNT]; // messages left out, by stage
};

// What is known about the viewer when its next message is looked at.
struct slow_view {
    uint64_t now_us;
    uint64_t unsent_us;    // age of that message; 0 when nothing waits
    uint64_t unsent_bytes; // from that message to the newest
};

void slow_viewer_init(struct slow_viewer *v);

// The viewer's own `lag` report. A hidden tab throttles itself, which is no slowness: `is_hidden`
// forgets the report.
void slow_viewer_report(struct slow_viewer *v, uint64_t now_us, uint64_t behind_us, bool is_hidden);

// Moves the stage; true when it has just fallen into SLOW_KEYS (the caller may jump to a fresh key
// frame).
bool slow_viewer_assess(struct slow_viewer *v, const struct slow_view *view);

// Decides about one VIDEO or AUDIO message and remembers what the decision means for later ones.
// `is_newest_key`: it is the newest key frame there is, worth sending however old.
enum slow_verdict slow_viewer_judge(struct slow_viewer *v, const struct wire_header *h,
                                    uint64_t unsent_us, bool is_newest_key);

// Messages were skipped without being judged (a jump, an overrun ring, a new init segment).
void slow_viewer_skipped(struct slow_viewer *v, uint64_t count);

// Nothing is being left out, and nothing sent is missing: decoding goes on with whatever comes.
bool slow_viewer_is_untroubled(const struct slow_viewer *v);
// By its own report it is behind enough to be given less.
bool slow_viewer_reports_trouble(const struct slow_viewer *v, uint64_t now_us);

const char *slow_stage_name(unsigned stage);

#endif

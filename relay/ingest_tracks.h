// SPDX-License-Identifier: MIT
// Tracks of a WebM or Matroska stream by others: which of them become the show's picture and sound,
// or a sentence that says what to change at the encoder. Pure.
#ifndef TABCAST_RELAY_INGEST_TRACKS_H
#define TABCAST_RELAY_INGEST_TRACKS_H

#include "shared/webm_writer.h"

// A refusal's sentence is never longer.
#define INGEST_REASON_BYTES 320

struct ingest_tracks {
    struct webm_tracks tracks; // as our init segment describes them
    uint8_t video_number;      // of their blocks; 0 = none
    uint8_t audio_number;
};

// Reads the payload of a Tracks element. The first VP8 and the first Opus track are taken, other
// kinds (subtitles) left aside. 0, or -1 and a sentence in `reason`: no track to take, a picture or
// sound of another codec only, or what VP8 and Opus here cannot be (size, channels, encryption).
int ingest_tracks_read(struct ingest_tracks *out, const uint8_t *bytes, size_t len,
                       char reason[INGEST_REASON_BYTES]);

#endif

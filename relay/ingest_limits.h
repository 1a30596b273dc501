// SPDX-License-Identifier: MIT
// Caps on what /ingest takes from encoders elsewhere, each with its reason. How many bits a second
// one show may send is an option (--publisher-kbps) and holds here as for a tab.
#ifndef TABCAST_RELAY_INGEST_LIMITS_H
#define TABCAST_RELAY_INGEST_LIMITS_H

#include "relay/relay_limits.h"

// Tracks of a film with many languages stays below; frames are capped by their wire message.
#define LIMIT_INGEST_TRACKS_BYTES (64 * 1024)
#define LIMIT_INGEST_FRAME_BYTES (LIMIT_MEDIA_MESSAGE_BYTES - 64)
// What is read at once, and how much a reader may lie ahead of the parser.
#define LIMIT_INGEST_READ_BYTES (64 * 1024)
// A muxer hands over a second at once (ffmpeg's Cluster): gathered before the show's clock starts.
#define LIMIT_INGEST_GATHER_US 1500000ULL
#define LIMIT_INGEST_GATHER_COUNT 512
#define LIMIT_INGEST_GATHER_BYTES (4 * 1024 * 1024)
// Further ahead of the show's clock nothing is read: a file sent as fast as it goes plays in its
// own time.
#define LIMIT_INGEST_LEAD_US 1000000ULL
// A clock that jumps further than this, or a source that is slower than time, starts anew from now.
#define LIMIT_INGEST_JUMP_US 10000000ULL
// Nothing came for so long: the connection is dead.
#define LIMIT_INGEST_SILENT_US 15000000ULL
// After the answer the rest is read and forgotten for so long, that the answer is not lost in a
// reset.
#define LIMIT_INGEST_FAREWELL_US 2000000ULL
// Extensions of one chunk's size line, and all trailers.
#define LIMIT_INGEST_CHUNK_LINE_BYTES 1024
#define LIMIT_INGEST_TRAILER_BYTES 4096

#endif

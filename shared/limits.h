// SPDX-License-Identifier: MIT
// Every cap on what a peer may send or hold, in one place, with its reason.
// C and the page's JavaScript (web/wire/limits.js) must agree; a test compares the two files.
#ifndef TABCAST_SHARED_LIMITS_H
#define TABCAST_SHARED_LIMITS_H

// One key frame of 1080p at 8 Mbit/s stays far below this; a peer that sends more is at fault.
#define LIMIT_MEDIA_MESSAGE_BYTES (1024 * 1024)
#define LIMIT_INIT_BYTES 4096
// A frame in a file by others that is only walked over, never held whole: 4K key frames stay below.
#define LIMIT_FOREIGN_BLOCK_BYTES (64 * 1024 * 1024)
// An Opus packet of 20 ms is at most 1275 bytes per stream (RFC 6716 3.2.1), plus Cluster and
// header.
#define LIMIT_AUDIO_MESSAGE_BYTES 4096
// A 640x360 JPEG for the show's card.
#define LIMIT_POSTER_BYTES (128 * 1024)
#define LIMIT_TEXT_MESSAGE_BYTES 4096
#define LIMIT_CHAT_TEXT_BYTES 1000
#define LIMIT_NAME_BYTES 64
#define LIMIT_TITLE_BYTES 200
#define LIMIT_DESCRIPTION_BYTES 2000
#define LIMIT_CHAT_HISTORY_COUNT 100
#define LIMIT_RENDITIONS_COUNT 3
#define LIMIT_TEMPORAL_LAYERS_COUNT 3
// 30 days in microseconds: far beyond any show, far below 2^53 so that JavaScript holds it exactly.
#define LIMIT_TIMESTAMP_US 2592000000000ULL
#define LIMIT_VIDEO_SIDE_PIXELS 4096
// Show ids are 12 characters of [a-z2-7] (60 random bits), made by the relay.
#define LIMIT_ID_CHARS 12
// Show keys are 32 random bytes in unpadded base64url.
#define LIMIT_KEY_CHARS 43

#endif

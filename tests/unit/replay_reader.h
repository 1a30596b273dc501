// SPDX-License-Identifier: MIT
// Reads a finished replay back and asserts every rule of its layout (relay/replay_plan.h), so that
// a test only has to say which packets it expects. Also a temporary folder of recordings. For
// cmocka tests.
#ifndef TABCAST_TESTS_REPLAY_READER_H
#define TABCAST_TESTS_REPLAY_READER_H

#include "relay/message.h"

#include <stddef.h>
#include <stdint.h>

struct replay_packet {
    uint8_t track;
    uint8_t is_keyframe;
    uint64_t timestamp_ms;
    const uint8_t *bytes; // in the replay's own
    size_t len;
};

struct replay {
    uint8_t *bytes;
    size_t len;
    struct replay_packet *packets;
    size_t count;
    size_t cluster_count;
    size_t cue_count;
    uint64_t duration_ms;
};

// Opens DIR/ID.webm and asserts its layout.
void replay_open(struct replay *r, int dir_fd, const char *id);
void replay_close(struct replay *r);

// Asserts that the replay holds exactly the frames of these messages (INIT, posters and text passed
// over), in order of their timestamps.
void assert_replay_holds(const struct replay *r, struct message *const *messages, size_t count);

// A fresh folder under $TMPDIR; its descriptor.
int temp_dir_open(char path[64]);
// Removes the folder and the files in it.
void temp_dir_close(int dir_fd, const char *path);
size_t temp_dir_count(int dir_fd); // files in it
void temp_dir_write(int dir_fd, const char *name, const void *bytes, size_t len);
uint8_t *temp_dir_read(int dir_fd, const char *name, size_t *len); // zero-ended; free() it

#endif

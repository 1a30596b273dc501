// SPDX-License-Identifier: MIT
// The folder of recordings: which files a show has there, and the few things done with whole small
// files (replace atomically, trim a torn last line, remove). No path is ever built from anything
// but a checked id and a literal. Blocking I/O: recorder threads and tools only. Results are 0 or a
// negative errno.
//
//   ID.part.webm  init segment and Clusters as they came     while recording
//   ID.cues       cue journal                                while recording
//   ID.webm       the replay                                 after finalise
//   ID.json       {"id", "title", "startedAt"}; finalise adds "durationMs" and "sizeBytes"
//   ID.chat.jsonl one chat object per line
//   ID.jpg        poster
//   ID.gone       the replay, put aside by who made it (discards.h); its time says since when
//   ID.*.tmp      a file that is being replaced; worthless after a crash
#ifndef TABCAST_RELAY_RECORDING_DIR_H
#define TABCAST_RELAY_RECORDING_DIR_H

#include "shared/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDING_PART ".part.webm"
#define RECORDING_CUES ".cues"
#define RECORDING_REPLAY ".webm"
#define RECORDING_REPLAY_TMP ".webm.tmp"
#define RECORDING_META ".json"
#define RECORDING_CHAT ".chat.jsonl"
#define RECORDING_POSTER ".jpg"
#define RECORDING_COVER ".cover"
#define RECORDING_GONE ".gone"

#define RECORDING_NAME_LEN (LIMIT_ID_CHARS + 20)

// True for LIMIT_ID_CHARS characters of [a-z2-7].
bool recording_id_is_valid(const char *id);

// ID and suffix; the id must be valid (asserted).
void recording_name(char out[RECORDING_NAME_LEN], const char *id, const char *suffix);

// Opens a file of a show; a file descriptor or a negative errno.
int recording_open_file(int dir_fd, const char *id, const char *suffix, int flags);
// True when the file is there.
bool recording_has_file(int dir_fd, const char *id, const char *suffix);
// A file that is not there counts as removed.
int recording_remove_file(int dir_fd, const char *id, const char *suffix);
// Every file of the show.
int recording_remove_all(int dir_fd, const char *id);
// The replay is no replay any more, but can become one again. -ENOENT: there is none.
int recording_put_aside(int dir_fd, const char *id, int64_t unix_s);
int recording_take_back(int dir_fd, const char *id);
// Calls on_gone for each that was put aside, with the time of that.
int recording_each_gone(int dir_fd, void (*on_gone)(void *ctx, const char *id, int64_t unix_s),
                        void *ctx);
// A replay, also one put aside, is to be nobody's any more, also after a crash: its film gets a
// name that is litter, all else goes. Quick, whatever its size; the litter is for recorder_sweep.
int recording_discard(int dir_fd, const char *id);
// The whole file becomes these bytes, or stays as it was. With is_synced also through a loss of
// power; without, no disk is waited for.
int recording_replace_file(int dir_fd, const char *id, const char *suffix, const void *bytes,
                           size_t len, bool is_synced);
// Reads up to `len` bytes at `offset`: how many (0 at the end), or a negative errno.
int64_t recording_read_at(int fd, void *out, size_t len, uint64_t offset);
// Writes all of `len` bytes at `offset`; *written (may be NULL) tells how far an error let it come.
int recording_write_at(int fd, const void *bytes, size_t len, uint64_t offset, size_t *written);

// ID.json at the start of a recording; not synced.
int recording_write_meta(int dir_fd, const char *id, const char *title, int64_t started_at_ms);
// Adds durationMs and sizeBytes to ID.json, once; writes a new one when it is missing or torn.
int recording_complete_meta(int dir_fd, const char *id, uint64_t duration_ms, uint64_t size_bytes);
// Cuts ID.chat.jsonl behind its last whole line. A missing file is fine.
int recording_trim_chat(int dir_fd, const char *id);

// After a crash, before anything is opened: removes .tmp files.
int recording_remove_stale(int dir_fd);
// Calls on_leftover for each show with an ID.part.webm. The callback may remove files.
int recording_each_leftover(int dir_fd, void (*on_leftover)(void *ctx, const char *id), void *ctx);

#endif

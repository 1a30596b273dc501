// SPDX-License-Identifier: MIT
// One recording on disk while it grows: which messages are kept, how they get into ID.part.webm,
// the cue journal, chat and poster, and what happens when the disk will not take them. Always a
// legal file: only whole messages stay, the first init segment is the only one, timestamps of a
// track never fall, video begins with a key frame and after an omission goes on with one. Blocking
// I/O; the recorder's writer thread alone.
//
// A failed write pauses the recording: the file is cut back to its last whole message, frames are
// left out, and each RECORDING_RETRY_MS a new attempt is made. Time is the caller's.
#ifndef TABCAST_RELAY_RECORDING_FILE_H
#define TABCAST_RELAY_RECORDING_FILE_H

#include "relay/message.h"
#include "shared/limits.h"
#include "shared/webm_writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDING_RETRY_MS 1000
// Chat that waits for a disk that takes nothing; lines beyond it are left out.
#define RECORDING_CHAT_WAITING_LEN (256 * 1024)

struct recording_counts { // since open
    uint64_t bytes_written;
    uint64_t frames_written;
    uint64_t frames_left_out;
    uint64_t write_errors;
};

struct recording_file {
    int dir_fd; // borrowed
    char id[LIMIT_ID_CHARS + 1];
    char title[LIMIT_TITLE_BYTES + 1]; // "" when longer
    int64_t started_at_ms;             // Unix time
    bool has_meta;                     // ID.json is written
    int part_fd;                       // -1: not open (yet)
    int cues_fd;          // -1: none; a recording without a journal is a recording all the same
    int chat_fd;          // -1: no line yet
    uint64_t part_len;    // whole messages
    uint64_t cues_len;    // whole records
    uint64_t chat_len;    // whole lines
    struct message *init; // the first one, until it is written
    bool has_init;        // an init segment was accepted
    struct webm_tracks tracks;
    bool video_waits;     // for a key frame
    bool is_cut_needed;   // a failed write may have left bytes behind part_len
    bool is_paused;       // the disk does not take what we write
    int error;            // errno of the last failure
    uint64_t retry_at_ms; // while paused
    int64_t newest_ms[3]; // by track number; -1 = none yet
    char *chat;           // lines that wait
    size_t chat_waiting_len;
    struct recording_counts counts;
};

// Creates the files and ID.json. 0; or a negative errno: of those, recording_error_is_passing()
// ones leave the file paused and usable, others are final. Dispose in each case. -EEXIST: this show
// has a recording or replay already.
int recording_file_open(struct recording_file *f, int dir_fd, const char *id, const char *title,
                        int64_t started_at_ms, uint64_t now_ms);
// The same for a recording that a crash cut off: cut back to what is whole, it goes on with the
// next key frame. Frames older than its newest ones are left out.
int recording_file_resume(struct recording_file *f, int dir_fd, const char *id, const char *title,
                          int64_t started_at_ms, uint64_t now_ms);
void recording_file_dispose(struct recording_file *f);

// True for what may go away by itself: a full disk, a failing one, too many open files.
bool recording_error_is_passing(int error);

// Takes messages in their order: media of rendition 0, posters, text (one chat object each).
// References stay the caller's. Trouble shows in is_paused, error and counts.
void recording_file_write(struct recording_file *f, struct message *const *messages, size_t count,
                          uint64_t now_ms);

#endif

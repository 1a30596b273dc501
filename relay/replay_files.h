// SPDX-License-Identifier: MIT
// Files of finished recordings, for the API: opens them, reads small ones, fills the catalogue at
// start. Names are made of a catalogue's id and a literal, never of anything from outside.
// Blocking, but for the page cache quick: opening and one pread at a time; the big reading is done
// by http_body_next.
#ifndef TABCAST_RELAY_REPLAY_FILES_H
#define TABCAST_RELAY_REPLAY_FILES_H

#include "relay/http.h"
#include "relay/replays.h"

// Fills the response from the file, with ranges and preconditions. 0, or -1 when there is no such
// file.
int replay_file_serve(int dir_fd, const char *id, const char *suffix, const char *content_type,
                      const struct http_request *request, struct http_response *out);

// The show's chat as {"messages":[...]}, malloc'd. NULL: out of memory. No chat is an empty list.
char *replay_chat_read(int dir_fd, const char *id, size_t *len);

// Reads what the folder knows about one recording. 0, or -1 when it is not a finished one.
int replay_read(int dir_fd, const char *id, struct replay *out);
// All finished recordings of the folder; returns how many, or -1 when it cannot be read.
int replay_scan(int dir_fd, struct replays *into);

// Whether files can be made there and 64 MiB are free.
bool replay_folder_is_writable(int dir_fd);

#endif

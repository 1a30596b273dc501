// SPDX-License-Identifier: MIT
// A room's talk: numbers the lines, keeps the last 100 for joiners. Whoever calls has checked the
// text, the rate and the right to speak. Pure: no I/O, no clock.
#ifndef TABCAST_RELAY_CHAT_H
#define TABCAST_RELAY_CHAT_H

#include "relay/control.h"
#include "relay/message.h"

struct chat {
    struct message *lines[LIMIT_CHAT_HISTORY_COUNT]; // a ring
    uint64_t count;                                  // lines ever said, or taken back
    uint64_t id_offset;                              // the newest has the id count + id_offset
};

// Gives the line its id, keeps it, and returns it with a reference for the caller; NULL when out of
// memory.
struct message *chat_say(struct chat *c, struct control_chat_line *line);

// After a restart: a line that was said before, as chat_say made it.
void chat_take_back(struct chat *c, const char *json, size_t len);
// Behind those: some lines may have been said whose ids nobody knows any more.
void chat_skip_ids(struct chat *c, uint64_t count);

// The `history` message with the lines kept, oldest first, leaving out the oldest ones should it
// grow beyond LIMIT_HISTORY_MESSAGE_BYTES. A reference for the caller; NULL when out of memory.
struct message *chat_history(const struct chat *c);

void chat_dispose(struct chat *c); // also a zeroed one

#endif

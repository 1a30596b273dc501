// SPDX-License-Identifier: MIT
// What a show that was live when the relay was killed takes up from the folder of recordings: its
// recording, which goes on, and the last lines of its chat. Blocking I/O, once at start.
#ifndef TABCAST_RELAY_RESUME_H
#define TABCAST_RELAY_RESUME_H

#include "relay/relay.h"

// For each restored room that has an unfinished recording. Before recorder_repair, which would make
// a replay of it.
void resume_recordings(struct relay *relay, int recordings_fd);

#endif

// SPDX-License-Identifier: MIT
#include "relay/resume.h"

#include "relay/recording_dir.h"
#include "relay/room.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

// Lines that were said, but had not reached the disk: their ids are not given again. A second of it
// in a room where twenty people talk at once.
#define IDS_LOST_COUNT 100

static void take_back_chat(struct chat *chat, int recordings_fd, const char *id) {
    char line[LIMIT_TEXT_MESSAGE_BYTES];
    const int fd = recording_open_file(recordings_fd, id, RECORDING_CHAT, O_RDONLY);
    FILE *const file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!file) {
        if (fd >= 0)
            close(fd);
        return;
    }
    size_t len = 0;
    for (int c; (c = getc(file)) != EOF;) {
        if (c == '\n' && len && len < sizeof(line) && line[0] == '{' && line[len - 1] == '}')
            chat_take_back(chat, line, len);
        if (c == '\n')
            len = 0;
        else if (len < sizeof(line))
            line[len++] = (char)c;
    }
    chat_skip_ids(chat, IDS_LOST_COUNT);
    fclose(file);
}

void resume_recordings(struct relay *relay, int recordings_fd) {
    for (struct room *room = relay->rooms; room; room = room->next) {
        const char *const id = room->show->id;
        if (!room->is_restored)
            continue;
        take_back_chat(&room->chat, recordings_fd, id);
        if (recording_has_file(recordings_fd, id, RECORDING_PART) &&
            !recording_has_file(recordings_fd, id, RECORDING_REPLAY))
            room_resume_recording(room);
    }
}

// SPDX-License-Identifier: MIT
#include "relay/recording_tail.h"

#include "relay/block_index.h"
#include "relay/cue_journal.h"
#include "relay/recording_dir.h"
#include "shared/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The last key frame may be torn, and its journal's record may be the last one all the same.
#define CUES_TRIED_COUNT 3
#define CUES_READ_COUNT 64

// The init segment and what lies behind `from`, as one short recording.
struct excerpt {
    int fd;
    uint64_t init_len, from;
};

static int64_t read_excerpt(void *ctx, uint8_t *out, size_t len, uint64_t offset) {
    const struct excerpt *const e = ctx;
    if (offset >= e->init_len)
        return recording_read_at(e->fd, out, len, e->from + (offset - e->init_len));
    const uint64_t left = e->init_len - offset;
    return recording_read_at(e->fd, out, len < left ? len : (size_t)left, offset);
}

// The init segment ends where the first Cluster begins; 0: there is none.
static uint64_t find_init(struct webm_tracks *tracks, int fd) {
    static const uint8_t cluster[4] = {0x1f, 0x43, 0xb6, 0x75};
    uint8_t bytes[LIMIT_INIT_BYTES + sizeof(cluster)];
    const int64_t len = recording_read_at(fd, bytes, sizeof(bytes), 0);
    for (int64_t at = 0; at + (int64_t)sizeof(cluster) <= len; at++)
        if (memcmp(bytes + at, cluster, sizeof(cluster)) == 0 &&
            webm_init_check(tracks, bytes, (size_t)at, NULL) == WEBM_OK)
            return (uint64_t)at;
    return 0;
}

static void take_newest(struct recording_tail *t, const struct excerpt *e,
                        const struct block_list *list, unsigned track) {
    for (size_t i = 0; i < list->count; i++) {
        const struct block_ref *const ref = &list->items[i];
        const uint64_t end = e->from + (ref->offset - e->init_len) + ref->len;
        if (end > t->part_len)
            t->part_len = end;
        if ((int64_t)ref->timestamp_ms > t->newest_ms[track])
            t->newest_ms[track] = ref->timestamp_ms;
    }
}

// 1 when there are whole frames behind `from`, 0 when not, or a negative errno.
static int look_behind(struct recording_tail *t, const struct excerpt *e, uint64_t size) {
    struct block_index index;
    const struct block_source source = {
        .read = read_excerpt, .ctx = (void *)(uintptr_t)e, .size = e->init_len + (size - e->from)};
    const int status = block_index_build(&index, &source);
    if (status == 0) {
        take_newest(t, e, &index.video, WEBM_TRACK_VIDEO);
        take_newest(t, e, &index.audio, WEBM_TRACK_AUDIO);
    }
    block_index_dispose(&index);
    return status == 0 || status == -EILSEQ ? t->part_len != 0 : status;
}

// The last records of the journal, oldest first; returns how many, and how long it is whole.
static size_t read_cues(struct cue_record out[CUES_READ_COUNT], uint64_t *whole_len, int dir_fd,
                        const char *id) {
    uint8_t bytes[CUES_READ_COUNT * CUE_RECORD_LEN];
    struct stat st;
    size_t count = 0;
    *whole_len = 0;
    const int fd = recording_open_file(dir_fd, id, RECORDING_CUES, O_RDONLY);
    if (fd < 0)
        return 0;
    if (fstat(fd, &st) == 0) {
        const uint64_t records = (uint64_t)st.st_size / CUE_RECORD_LEN;
        const uint64_t first = records > CUES_READ_COUNT ? records - CUES_READ_COUNT : 0;
        const int64_t len = recording_read_at(fd, bytes, sizeof(bytes), first * CUE_RECORD_LEN);
        count = len > 0 ? cue_journal_count(bytes, (size_t)len) : 0;
        *whole_len = (first + count) * CUE_RECORD_LEN;
    }
    close(fd);
    for (size_t i = 0; i < count; i++)
        (void)cue_record_read(&out[i], bytes + i * CUE_RECORD_LEN);
    return count;
}

static int find_end(struct recording_tail *t, int fd, const struct cue_record *cues, size_t count) {
    struct stat st;
    struct excerpt e = {.fd = fd, .init_len = find_init(&t->tracks, fd)};
    int found = 0;
    if (fstat(fd, &st) != 0)
        return -errno;
    const uint64_t size = (uint64_t)st.st_size;
    if (!e.init_len) // cut in its first bytes; or it is none
        return size > LIMIT_INIT_BYTES ? -EILSEQ : 0;
    for (size_t i = 0; i < CUES_TRIED_COUNT && i < count && !found; i++) {
        e.from = cues[count - 1 - i].offset;
        if (e.from >= e.init_len && e.from < size)
            found = look_behind(t, &e, size);
    }
    e.from = e.init_len;
    if (!found)
        found = look_behind(t, &e, size);
    return found < 0 ? found : 0;
}

int recording_tail_find(struct recording_tail *out, int dir_fd, const char *id) {
    struct cue_record cues[CUES_READ_COUNT];
    struct stat st;
    *out = (struct recording_tail){.newest_ms = {-1, -1, -1}};
    size_t count = read_cues(cues, &out->cues_len, dir_fd, id);
    const int part = recording_open_file(dir_fd, id, RECORDING_PART, O_RDONLY);
    if (part < 0)
        return part;
    const int status = find_end(out, part, cues, count);
    close(part);
    if (status != 0)
        return status;
    for (; count && cues[count - 1].offset >= out->part_len; count--)
        out->cues_len -= CUE_RECORD_LEN; // its key frame did not come whole
    if (!out->part_len)
        out->cues_len = 0;
    (void)recording_trim_chat(dir_fd, id);
    const int chat = recording_open_file(dir_fd, id, RECORDING_CHAT, O_RDONLY);
    if (chat >= 0) {
        out->chat_len = fstat(chat, &st) == 0 ? (uint64_t)st.st_size : 0;
        close(chat);
    }
    return 0;
}

// SPDX-License-Identifier: MIT
// Owns the I/O of finalising and the order of its steps, on which crash safety rests. Layout is
// replay_plan's.
#include "relay/finalise.h"

#include "relay/block_index.h"
#include "relay/recording_dir.h"
#include "relay/replay_plan.h"
#include "shared/webm_scanner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_LEN (1024 * 1024)
// What has been written is pushed to the disk in pieces, or the last sync would stop everybody for
// its length.
#define SYNC_EVERY_LEN (32 * 1024 * 1024)
// A journal of 30 days of key frames every second stays below.
#define JOURNAL_MAX_LEN (64 * 1024 * 1024)

static_assert(OUT_LEN >= LIMIT_MEDIA_MESSAGE_BYTES, "the longest frame fits");

static int64_t read_part(void *ctx, uint8_t *out, size_t len, uint64_t offset) {
    return recording_read_at(*(const int *)ctx, out, len, offset);
}

// --- Writing the replay --------------------------------------------------------------------------

struct output {
    int fd;
    uint8_t *bytes;
    size_t len;      // waiting in `bytes`
    uint64_t offset; // of bytes[0] in the file
    uint64_t synced;
    const struct finalise_hooks *hooks;
};

static int flush(struct output *o) {
    int status = recording_write_at(o->fd, o->bytes, o->len, o->offset, NULL);
    if (status != 0)
        return status;
    o->offset += o->len;
    o->len = 0;
    if (o->offset - o->synced >= SYNC_EVERY_LEN) {
        if (fdatasync(o->fd) != 0)
            return -errno;
        o->synced = o->offset;
    }
    if (o->hooks && o->hooks->breathe)
        o->hooks->breathe(o->hooks->ctx);
    return 0;
}

// Room for `len` bytes, or NULL with *status set.
static uint8_t *reserve(struct output *o, size_t len, int *status) {
    assert(len <= OUT_LEN);
    *status = o->len + len > OUT_LEN ? flush(o) : 0;
    return *status == 0 ? o->bytes + o->len : NULL;
}

static int put(struct output *o, const void *bytes, size_t len) {
    while (len) {
        const size_t piece = len < OUT_LEN ? len : OUT_LEN;
        int status;
        uint8_t *const at = reserve(o, piece, &status);
        if (!at)
            return status;
        memcpy(at, bytes, piece);
        o->len += piece;
        bytes = (const uint8_t *)bytes + piece;
        len -= piece;
    }
    return 0;
}

// Copies a frame from the recording straight into the output.
static int put_frame(struct output *o, int part_fd, const struct block_ref *block) {
    int status;
    uint8_t *const at = reserve(o, block->len, &status);
    if (!at)
        return status;
    for (size_t done = 0; done < block->len;) {
        const int64_t n =
            recording_read_at(part_fd, at + done, block->len - done, block->offset + done);
        if (n <= 0)
            return n < 0 ? (int)n : -EIO;
        done += (size_t)n;
    }
    o->len += block->len;
    return 0;
}

static int put_clusters(struct output *o, int part_fd, const struct replay_plan *plan) {
    struct replay_cursor cursor = {0};
    for (size_t i = 0; i < plan->cluster_count; i++) {
        const struct replay_cluster *const c = &plan->clusters[i];
        uint8_t head[REPLAY_CLUSTER_HEAD_MAX_LEN + REPLAY_BLOCK_HEAD_MAX_LEN];
        assert(o->offset + o->len == c->offset);
        int status = put(o, head, replay_write_cluster_head(head, c));
        for (uint32_t b = 0; status == 0 && b < c->block_count; b++) {
            uint8_t track;
            const struct block_ref *const block = replay_next(plan->index, &cursor, &track);
            status = put(o, head, replay_write_block_head(head, c, block, track));
            if (status == 0)
                status = put_frame(o, part_fd, block);
        }
        if (status != 0)
            return status;
    }
    return 0;
}

static int put_front(struct output *o, const struct replay_plan *plan) {
    const size_t len = replay_front_len(plan);
    uint8_t *const front = malloc(len);
    if (!front)
        return -ENOMEM;
    replay_write_front(plan, front);
    const int status = put(o, front, len);
    free(front);
    return status;
}

// Writes and syncs ID.webm.tmp.
static int write_replay(int dir_fd, const char *id, int part_fd, const struct replay_plan *plan,
                        const struct finalise_hooks *hooks) {
    struct output o = {.hooks = hooks};
    o.fd = recording_open_file(dir_fd, id, RECORDING_REPLAY_TMP, O_WRONLY | O_CREAT | O_TRUNC);
    if (o.fd < 0)
        return o.fd;
    int status = -ENOMEM;
    o.bytes = malloc(OUT_LEN);
    if (!o.bytes)
        goto done;
    // Too little room shows here, before the last of it is taken from shows that are being
    // recorded.
    status = fallocate(o.fd, 0, 0, (off_t)plan->size_bytes) == 0 || errno == EOPNOTSUPP ||
                     errno == ENOSYS
                 ? 0
                 : -errno;
    if (status == 0)
        status = put_front(&o, plan);
    if (status == 0)
        status = put_clusters(&o, part_fd, plan);
    if (status == 0)
        status = flush(&o);
    assert(status != 0 || o.offset == plan->size_bytes);
    if (status == 0 && fsync(o.fd) != 0)
        status = -errno;
done:
    free(o.bytes);
    close(o.fd);
    if (status != 0)
        recording_remove_file(dir_fd, id, RECORDING_REPLAY_TMP);
    return status;
}

static int publish_replay(int dir_fd, const char *id) {
    char from[RECORDING_NAME_LEN], to[RECORDING_NAME_LEN];
    recording_name(from, id, RECORDING_REPLAY_TMP);
    recording_name(to, id, RECORDING_REPLAY);
    if (renameat(dir_fd, from, dir_fd, to) != 0 || fsync(dir_fd) != 0)
        return -errno;
    return 0;
}

// --- Reading the recording -----------------------------------------------------------------------

// The journal as it is; a missing or unreadable one is no error, only no help.
static uint8_t *read_journal(int dir_fd, const char *id, size_t *len) {
    *len = 0;
    const int fd = recording_open_file(dir_fd, id, RECORDING_CUES, O_RDONLY);
    if (fd < 0)
        return NULL;
    struct stat info;
    uint8_t *bytes = NULL;
    if (fstat(fd, &info) == 0 && info.st_size > 0 && info.st_size <= JOURNAL_MAX_LEN)
        bytes = malloc((size_t)info.st_size);
    while (bytes && *len < (size_t)info.st_size) {
        const int64_t n = recording_read_at(fd, bytes + *len, (size_t)info.st_size - *len, *len);
        if (n <= 0)
            break;
        *len += (size_t)n;
    }
    close(fd);
    return bytes;
}

static int build_index(struct block_index *index, int dir_fd, const char *id, int part_fd) {
    struct stat info;
    if (fstat(part_fd, &info) != 0)
        return -errno;
    size_t journal_len;
    uint8_t *const journal = read_journal(dir_fd, id, &journal_len);
    const struct block_source source = {
        .read = read_part,
        .ctx = &part_fd,
        .size = (uint64_t)info.st_size,
        .journal = journal,
        .journal_len = journal_len,
    };
    const int status = block_index_build(index, &source);
    free(journal);
    return status;
}

// Index, plan, write and rename.
static int make_replay(struct finalise_result *out, int dir_fd, const char *id, int part_fd,
                       const struct finalise_hooks *hooks) {
    struct replay_plan plan = {0};
    struct block_index index;
    int status = build_index(&index, dir_fd, id, part_fd);
    if (status != 0)
        goto done;
    out->bytes_left_out = index.bytes_left_out;
    out->frame_count = index.video.count + index.audio.count;
    if (out->frame_count == 0) {
        status = FINALISE_EMPTY;
        goto done;
    }
    status = replay_plan_build(&plan, &index);
    if (status != 0)
        goto done;
    out->duration_ms = plan.duration_ms;
    out->size_bytes = plan.size_bytes;
    status = write_replay(dir_fd, id, part_fd, &plan, hooks);
    if (status == 0)
        status = publish_replay(dir_fd, id);
done:
    replay_plan_dispose(&plan);
    block_index_dispose(&index);
    return status;
}

// A replay that an earlier call has published: its length and Duration.
static int inspect_replay(struct finalise_result *out, int dir_fd, const char *id) {
    const int fd = recording_open_file(dir_fd, id, RECORDING_REPLAY, O_RDONLY);
    if (fd < 0)
        return fd;
    uint8_t front[4096]; // SeekHead and Info are within
    const int64_t len = recording_read_at(fd, front, sizeof(front), 0);
    struct stat info;
    const int status = len < 0 ? (int)len : fstat(fd, &info) != 0 ? -errno : 0;
    close(fd);
    if (status != 0)
        return status;
    out->size_bytes = (uint64_t)info.st_size;
    struct webm_scanner scanner;
    struct webm_item item;
    size_t used;
    webm_scanner_init(&scanner);
    while (scanner.offset < (uint64_t)len &&
           webm_scanner_next(&scanner, &item, front + scanner.offset,
                             (size_t)((uint64_t)len - scanner.offset), &used) == WEBM_OK) {
        if (item.kind == WEBM_ITEM_DURATION)
            out->duration_ms = item.timestamp_ms;
    }
    return 0;
}

int finalise_recording(struct finalise_result *out, int dir_fd, const char *id,
                       const struct finalise_hooks *hooks) {
    *out = (struct finalise_result){0};
    int status;
    const int part_fd = recording_open_file(dir_fd, id, RECORDING_PART, O_RDONLY);
    if (part_fd == -ENOENT || recording_has_file(dir_fd, id, RECORDING_REPLAY)) {
        // Killed between rename and clean-up, or called twice.
        status = inspect_replay(out, dir_fd, id);
    } else {
        status = part_fd < 0 ? part_fd : make_replay(out, dir_fd, id, part_fd, hooks);
    }
    if (part_fd >= 0)
        close(part_fd);
    if (status == FINALISE_EMPTY) {
        const int removed = recording_remove_all(dir_fd, id);
        return removed != 0 ? removed : FINALISE_EMPTY;
    }
    if (status == 0)
        status = recording_trim_chat(dir_fd, id);
    if (status == 0)
        status = recording_complete_meta(dir_fd, id, out->duration_ms, out->size_bytes);
    // The recording goes last: while it is there, a call at the next start ends what is missing.
    if (status == 0)
        status = recording_remove_file(dir_fd, id, RECORDING_CUES);
    if (status == 0)
        status = recording_remove_file(dir_fd, id, RECORDING_PART);
    if (status == 0 && fsync(dir_fd) != 0)
        status = -errno;
    return status;
}

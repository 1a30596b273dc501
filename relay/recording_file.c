// SPDX-License-Identifier: MIT
// Owns the growing files of one recording. Messages are written straight from their buffers, many
// in one call; what a failed call left is measured, and everything behind the last whole message is
// cut off.
#include "relay/recording_file.h"

#include "relay/cue_journal.h"
#include "relay/recording_dir.h"
#include "relay/recording_tail.h"
#include "shared/webm_check.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

// Messages in one system call; below IOV_MAX (1024).
#define BATCH_COUNT 256

// Messages that go to the disk together.
struct batch {
    struct iovec pieces[BATCH_COUNT];
    const struct message *messages[BATCH_COUNT];
    int count;
    size_t len;
};

bool recording_error_is_passing(int error) {
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ETIMEDOUT:
        return true;
    default:
        return false;
    }
}

static void fail(struct recording_file *f, int status, uint64_t now_ms) {
    f->error = -status;
    f->counts.write_errors++;
    f->is_paused = true;
    f->retry_at_ms = now_ms + RECORDING_RETRY_MS;
    f->video_waits = true;
}

// Opens what is not open yet. ID.part.webm is made with O_EXCL once and only opened again on a
// retry.
static int open_files(struct recording_file *f, int create_flag) {
    if (f->part_fd < 0) {
        const int fd =
            recording_open_file(f->dir_fd, f->id, RECORDING_PART, O_WRONLY | O_CREAT | create_flag);
        if (fd < 0)
            return fd;
        f->part_fd = fd;
    }
    if (f->cues_fd < 0) {
        const int fd =
            recording_open_file(f->dir_fd, f->id, RECORDING_CUES, O_WRONLY | O_CREAT | O_TRUNC);
        f->cues_fd = fd < 0 ? -1 : fd;
    }
    if (f->has_meta)
        return 0;
    const int status = recording_write_meta(f->dir_fd, f->id, f->title, f->started_at_ms);
    f->has_meta = status == 0;
    return status;
}

static int init(struct recording_file *f, int dir_fd, const char *id, const char *title,
                int64_t started_at_ms) {
    *f = (struct recording_file){
        .dir_fd = dir_fd,
        .part_fd = -1,
        .cues_fd = -1,
        .chat_fd = -1,
        .started_at_ms = started_at_ms,
        .video_waits = true,
        .newest_ms = {-1, -1, -1},
    };
    assert(recording_id_is_valid(id));
    memcpy(f->id, id, sizeof(f->id));
    const size_t title_len = strlen(title);
    memcpy(f->title, title, title_len < sizeof(f->title) ? title_len : 0);
    f->chat = malloc(RECORDING_CHAT_WAITING_LEN);
    if (!f->chat)
        return -ENOMEM;
    return recording_has_file(dir_fd, id, RECORDING_REPLAY) ? -EEXIST : 0;
}

int recording_file_open(struct recording_file *f, int dir_fd, const char *id, const char *title,
                        int64_t started_at_ms, uint64_t now_ms) {
    int status = init(f, dir_fd, id, title, started_at_ms);
    if (status != 0)
        return status;
    status = open_files(f, O_EXCL);
    if (status == 0)
        return 0;
    fail(f, status, now_ms);
    if (f->part_fd >= 0 && !recording_error_is_passing(-status))
        recording_remove_file(dir_fd, id, RECORDING_PART); // it is ours and holds nothing
    return status;
}

// Opens a file that is there, cut to `len`; a descriptor or a negative errno.
static int open_cut(const struct recording_file *f, const char *suffix, uint64_t len) {
    const int fd = recording_open_file(f->dir_fd, f->id, suffix, O_WRONLY | O_CREAT);
    if (fd < 0 || ftruncate(fd, (off_t)len) == 0)
        return fd;
    const int error = errno;
    close(fd);
    return -error;
}

int recording_file_resume(struct recording_file *f, int dir_fd, const char *id, const char *title,
                          int64_t started_at_ms, uint64_t now_ms) {
    struct recording_tail tail;
    int status = init(f, dir_fd, id, title, started_at_ms);
    if (status == 0)
        status = recording_tail_find(&tail, dir_fd, id);
    if (status != 0)
        return status;
    f->has_meta = recording_has_file(dir_fd, id, RECORDING_META);
    f->has_init = tail.part_len != 0;
    f->tracks = tail.tracks;
    f->part_len = tail.part_len;
    f->cues_len = tail.cues_len;
    f->chat_len = tail.chat_len;
    memcpy(f->newest_ms, tail.newest_ms, sizeof(f->newest_ms));
    f->part_fd = open_cut(f, RECORDING_PART, tail.part_len);
    if (f->part_fd < 0) {
        fail(f, f->part_fd, now_ms);
        f->is_cut_needed = true; // on the retry
        status = f->part_fd;
        f->part_fd = -1;
        return status;
    }
    const int cues = open_cut(f, RECORDING_CUES, tail.cues_len);
    f->cues_fd = cues < 0 ? -1 : cues;
    return 0;
}

static void close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void recording_file_dispose(struct recording_file *f) {
    close_fd(&f->part_fd);
    close_fd(&f->cues_fd);
    close_fd(&f->chat_fd);
    message_unref(f->init);
    f->init = NULL;
    free(f->chat);
    f->chat = NULL;
}

// --- Pause and retry
// ---------------------------------------------------------------------------------

// May frames be written now? While paused: only when a retry is due and the files are whole again.
static bool is_writable(struct recording_file *f, uint64_t now_ms) {
    if (!f->is_paused)
        return true;
    if (now_ms < f->retry_at_ms)
        return false;
    int status = open_files(f, 0);
    if (status == 0 && f->is_cut_needed) {
        status = ftruncate(f->part_fd, (off_t)f->part_len) == 0 ? 0 : -errno;
        f->is_cut_needed = status != 0;
    }
    if (status != 0)
        fail(f, status, now_ms);
    return status == 0;
}

// --- Cue journal
// ---------------------------------------------------------------------------------------

static void note_cue(struct recording_file *f, uint64_t offset, uint64_t timestamp_ms) {
    if (f->cues_fd < 0)
        return;
    uint8_t bytes[CUE_RECORD_LEN];
    cue_record_write(bytes, &(struct cue_record){.offset = offset, .timestamp_ms = timestamp_ms});
    // Always at a multiple of the record's length: what a failed write left is written over.
    if (recording_write_at(f->cues_fd, bytes, sizeof(bytes), f->cues_len, NULL) == 0)
        f->cues_len += sizeof(bytes);
    else
        f->counts.write_errors++;
}

// --- Frames
// --------------------------------------------------------------------------------------------

static void count_written(struct recording_file *f, const struct message *m) {
    const uint64_t offset = f->part_len;
    const size_t len = message_payload_len(m);
    f->part_len += len;
    f->counts.bytes_written += len;
    if (m->header.kind == WIRE_INIT) {
        message_unref(f->init);
        f->init = NULL;
        return;
    }
    f->counts.frames_written++;
    if (m->header.kind == WIRE_VIDEO && (m->header.flags & WIRE_KEY))
        note_cue(f, offset, m->header.timestamp_us / 1000);
}

// Writes the batch; messages that reached the disk whole count, the rest is left out.
static void flush(struct recording_file *f, struct batch *b, uint64_t now_ms) {
    size_t written = 0;
    int status = 0;
    int first = 0;
    while (written < b->len && status == 0) {
        const ssize_t n = pwritev(f->part_fd, b->pieces + first, b->count - first,
                                  (off_t)(f->part_len + written));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            status = n == 0 ? -EIO : -errno;
            break;
        }
        written += (size_t)n;
        // Pass what is done; a piece that was cut starts where it was cut.
        size_t done = (size_t)n;
        while (first < b->count && done >= b->pieces[first].iov_len)
            done -= b->pieces[first++].iov_len;
        if (done) {
            b->pieces[first].iov_base = (uint8_t *)b->pieces[first].iov_base + done;
            b->pieces[first].iov_len -= done;
        }
    }
    int i = 0;
    for (size_t left = written; i < b->count && left >= message_payload_len(b->messages[i]); i++) {
        left -= message_payload_len(b->messages[i]);
        count_written(f, b->messages[i]);
    }
    if (status == 0) {
        f->is_paused = false;
    } else {
        for (; i < b->count; i++)
            f->counts.frames_left_out += b->messages[i]->header.kind != WIRE_INIT;
        f->is_cut_needed = true;
        fail(f, status, now_ms);
        // At once, so that a crash while paused finds whole messages only; if not now, on the
        // retry.
        if (ftruncate(f->part_fd, (off_t)f->part_len) == 0)
            f->is_cut_needed = false;
    }
    b->count = 0;
    b->len = 0;
}

static void add(struct batch *b, const struct message *m) {
    b->messages[b->count] = m;
    b->pieces[b->count] = (struct iovec){.iov_base = (void *)(uintptr_t)message_payload(m),
                                         .iov_len = message_payload_len(m)};
    b->len += message_payload_len(m);
    b->count++;
}

static void accept_init(struct recording_file *f, struct message *m) {
    // A later one tells of a new size or a publisher's return: key frames carry their size
    // themselves.
    if (f->has_init ||
        webm_init_check(&f->tracks, message_payload(m), message_payload_len(m), NULL) != WEBM_OK)
        return;
    f->has_init = true;
    f->init = message_ref(m);
}

// Does the frame belong into the file now? Changes what is newest and awaited.
static bool accept_frame(struct recording_file *f, const struct message *m) {
    const bool is_video = m->header.kind == WIRE_VIDEO;
    const uint8_t track = is_video ? WEBM_TRACK_VIDEO : WEBM_TRACK_AUDIO;
    const bool has_track = is_video ? f->tracks.width != 0 : f->tracks.channels != 0;
    const int64_t timestamp_ms = (int64_t)(m->header.timestamp_us / 1000);
    if (!f->has_init || !has_track || timestamp_ms < f->newest_ms[track])
        return false;
    if (is_video && f->video_waits && !(m->header.flags & WIRE_KEY))
        return false;
    if (is_video)
        f->video_waits = false;
    f->newest_ms[track] = timestamp_ms;
    return true;
}

static void take_frame(struct recording_file *f, struct batch *b, const struct message *m,
                       uint64_t now_ms) {
    if (m->header.kind == WIRE_VIDEO && m->header.rendition != 0)
        return;
    if (!is_writable(f, now_ms) || !accept_frame(f, m)) {
        f->counts.frames_left_out++;
        return;
    }
    if (f->init && b->count == 0)
        add(b, f->init);
    add(b, m);
    // Two places less: the init segment and a frame always go together.
    if (b->count >= BATCH_COUNT - 1)
        flush(f, b, now_ms);
}

// --- Chat and poster
// -----------------------------------------------------------------------------------

static void take_chat(struct recording_file *f, const struct message *m) {
    const size_t len = m->framed_len - m->frame_head_len;
    if (len + 1 > RECORDING_CHAT_WAITING_LEN - f->chat_waiting_len) {
        f->counts.write_errors++;
        return;
    }
    memcpy(f->chat + f->chat_waiting_len, m->bytes + m->frame_head_len, len);
    f->chat[f->chat_waiting_len + len] = '\n';
    f->chat_waiting_len += len + 1;
}

static void flush_chat(struct recording_file *f, uint64_t now_ms) {
    if (!f->chat_waiting_len || (f->is_paused && now_ms < f->retry_at_ms))
        return;
    if (f->chat_fd < 0) {
        const int fd = recording_open_file(f->dir_fd, f->id, RECORDING_CHAT, O_WRONLY | O_CREAT);
        if (fd < 0) {
            f->counts.write_errors++;
            return;
        }
        f->chat_fd = fd;
    }
    // All or nothing: what a failed write left is written over by the next attempt.
    if (recording_write_at(f->chat_fd, f->chat, f->chat_waiting_len, f->chat_len, NULL) == 0) {
        f->chat_len += f->chat_waiting_len;
        f->chat_waiting_len = 0;
    } else {
        f->counts.write_errors++;
    }
}

static void write_poster(struct recording_file *f, const struct message *m) {
    if (recording_replace_file(f->dir_fd, f->id, RECORDING_POSTER, message_payload(m),
                               message_payload_len(m), false) != 0)
        f->counts.write_errors++;
}

void recording_file_write(struct recording_file *f, struct message *const *messages, size_t count,
                          uint64_t now_ms) {
    struct batch b = {.count = 0};
    const struct message *poster = NULL; // of several only the last one
    for (size_t i = 0; i < count; i++) {
        struct message *const m = messages[i];
        if (m->is_text)
            take_chat(f, m);
        else if (m->header.kind == WIRE_POSTER)
            poster = m;
        else if (m->header.kind == WIRE_INIT && m->header.rendition == 0)
            accept_init(f, m);
        else if (m->header.kind == WIRE_VIDEO || m->header.kind == WIRE_AUDIO)
            take_frame(f, &b, m, now_ms);
    }
    if (b.count)
        flush(f, &b, now_ms);
    flush_chat(f, now_ms);
    if (poster)
        write_poster(f, poster);
}

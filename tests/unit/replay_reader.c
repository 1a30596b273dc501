// SPDX-License-Identifier: MIT
// Owns the rules a finished replay must keep, checked by the project's scanner and, for SeekHead,
// by hand.
#include "replay_reader.h"

#include "shared/ebml.h"
#include "shared/webm_scanner.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

// --- Folder
// ------------------------------------------------------------------------------------------

int temp_dir_open(char path[64]) {
    const char *const base = getenv("TMPDIR");
    snprintf(path, 64, "%s/tabcast-test-XXXXXX", base && strlen(base) < 40 ? base : "/tmp");
    assert_non_null(mkdtemp(path));
    const int fd = open(path, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    return fd;
}

static size_t each_file(int dir_fd, int is_removing) {
    DIR *const dir = fdopendir(openat(dir_fd, ".", O_RDONLY | O_DIRECTORY));
    assert_non_null(dir);
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        if (is_removing)
            unlinkat(dir_fd, entry->d_name, 0);
    }
    closedir(dir);
    return count;
}

size_t temp_dir_count(int dir_fd) { return each_file(dir_fd, 0); }

void temp_dir_close(int dir_fd, const char *path) {
    each_file(dir_fd, 1);
    close(dir_fd);
    rmdir(path);
}

void temp_dir_write(int dir_fd, const char *name, const void *bytes, size_t len) {
    const int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

uint8_t *temp_dir_read(int dir_fd, const char *name, size_t *len) {
    const int fd = openat(dir_fd, name, O_RDONLY);
    if (fd < 0)
        fail_msg("%s is not there", name);
    struct stat info;
    assert_int_equal(fstat(fd, &info), 0);
    *len = (size_t)info.st_size;
    uint8_t *const bytes = malloc(*len + 1);
    assert_int_equal(read(fd, bytes, *len), *len);
    bytes[*len] = 0;
    close(fd);
    return bytes;
}

// --- Layout
// ------------------------------------------------------------------------------------------

struct cue {
    uint64_t timestamp_ms, offset;
    int is_met;
};

struct walk {
    struct replay *replay;
    struct cue *cues;
    size_t next_cue;
    uint64_t cluster_offset, cluster_ms;
    int has_video; // in this Cluster
};

static void take_block(struct walk *w, const struct webm_block *b) {
    struct replay *const r = w->replay;
    assert_true(b->offset + b->len <= r->len);
    assert_int_equal(b->frame_count, 1);
    // Timestamp order, at most 5 s and 5 MB from the Cluster's start.
    if (r->count)
        assert_true(b->timestamp_ms >= r->packets[r->count - 1].timestamp_ms);
    assert_true(b->timestamp_ms - w->cluster_ms <= 5000);
    assert_true(b->offset + b->len - w->cluster_offset <= 5000000 + 32);
    if (b->track == WEBM_TRACK_VIDEO && b->is_keyframe) {
        // A key frame is the first picture of its Cluster, and there is a cue for it.
        assert_false(w->has_video);
        assert_true(w->next_cue < r->cue_count);
        assert_int_equal(w->cues[w->next_cue].timestamp_ms, b->timestamp_ms);
        assert_int_equal(w->cues[w->next_cue].offset, w->cluster_offset);
        w->cues[w->next_cue++].is_met = 1;
    }
    w->has_video |= b->track == WEBM_TRACK_VIDEO;
    r->packets = realloc(r->packets, (r->count + 1) * sizeof(*r->packets));
    r->packets[r->count++] = (struct replay_packet){
        .track = b->track,
        .is_keyframe = b->is_keyframe,
        .timestamp_ms = b->timestamp_ms,
        .bytes = r->bytes + b->offset,
        .len = b->len,
    };
}

static void take_cluster(struct walk *w, const struct webm_item *item) {
    w->replay->cluster_count++;
    w->cluster_offset = item->offset;
    w->cluster_ms = item->timestamp_ms;
    w->has_video = 0;
}

static void take_cue(struct walk *w, const struct webm_item *item) {
    struct replay *const r = w->replay;
    assert_int_equal(r->cluster_count, 0); // Cues stand in front
    w->cues = realloc(w->cues, (r->cue_count + 1) * sizeof(*w->cues));
    w->cues[r->cue_count++] =
        (struct cue){.timestamp_ms = item->timestamp_ms, .offset = item->offset};
}

// Each SeekHead entry must point at an element of its id.
static void check_seek_head(const struct replay *r, uint64_t segment_start) {
    struct ebml_reader all =
        ebml_reader_of(r->bytes + segment_start, r->len - (size_t)segment_start);
    assert_int_equal(ebml_read_id(&all), EBML_ID_SEEK_HEAD);
    struct ebml_reader head = ebml_read_master(&all, ebml_read_size(&all));
    unsigned count = 0;
    while (ebml_left(&head)) {
        assert_int_equal(ebml_read_id(&head), EBML_ID_SEEK);
        struct ebml_reader seek = ebml_read_master(&head, ebml_read_size(&head));
        assert_int_equal(ebml_read_id(&seek), EBML_ID_SEEK_ID);
        const uint64_t id = ebml_read_uint(&seek, ebml_read_size(&seek));
        assert_int_equal(ebml_read_id(&seek), EBML_ID_SEEK_POSITION);
        const uint64_t position = ebml_read_uint(&seek, ebml_read_size(&seek));
        assert_false(seek.error);
        struct ebml_reader target = ebml_reader_of(r->bytes + segment_start + position, 4);
        assert_int_equal(ebml_read_id(&target), id);
        count++;
    }
    assert_false(head.error);
    assert_int_equal(count, 3); // Info, Tracks, Cues
}

void replay_open(struct replay *r, int dir_fd, const char *id) {
    *r = (struct replay){0};
    char name[64];
    snprintf(name, sizeof(name), "%s.webm", id);
    r->bytes = temp_dir_read(dir_fd, name, &r->len);
    struct walk w = {.replay = r};
    struct webm_scanner s;
    webm_scanner_init(&s);
    struct webm_item item;
    size_t used;
    int status;
    while ((status = webm_scanner_next(&s, &item, r->bytes + s.offset, r->len - s.offset, &used)) ==
           WEBM_OK) {
        if (item.kind == WEBM_ITEM_BLOCK)
            take_block(&w, &item.block);
        else if (item.kind == WEBM_ITEM_CLUSTER)
            take_cluster(&w, &item);
        else if (item.kind == WEBM_ITEM_CUE)
            take_cue(&w, &item);
        else if (item.kind == WEBM_ITEM_DURATION)
            r->duration_ms = item.timestamp_ms;
    }
    assert_int_equal(status, WEBM_DONE); // Segment of known size
    assert_int_equal(s.offset, r->len);  // and nothing behind it
    check_seek_head(r, s.segment_start);
    assert_true(r->count > 0 && r->cue_count > 0);
    assert_true(r->duration_ms > r->packets[r->count - 1].timestamp_ms);
    assert_true(r->duration_ms <= r->packets[r->count - 1].timestamp_ms + 1000);
    int has_video = 0;
    for (size_t i = 0; i < r->count; i++)
        has_video |= r->packets[i].track == WEBM_TRACK_VIDEO;
    assert_int_equal(r->cue_count, has_video ? w.next_cue : r->cluster_count);
    free(w.cues);
}

void replay_close(struct replay *r) {
    free(r->packets);
    free(r->bytes);
    *r = (struct replay){0};
}

// --- Packets
// -----------------------------------------------------------------------------------------

struct expected {
    const struct message *message;
    struct webm_block block;
    size_t order; // sound before pictures of the same time, else as sent
};

static int compare(const void *a, const void *b) {
    const struct expected *const x = a, *const y = b;
    if (x->block.timestamp_ms != y->block.timestamp_ms)
        return x->block.timestamp_ms < y->block.timestamp_ms ? -1 : 1;
    if (x->block.track != y->block.track)
        return x->block.track == WEBM_TRACK_AUDIO ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

void assert_replay_holds(const struct replay *r, struct message *const *messages, size_t count) {
    struct expected *const all = calloc(count ? count : 1, sizeof(*all));
    size_t frames = 0;
    for (size_t i = 0; i < count; i++) {
        const struct message *const m = messages[i];
        if (m->is_text || (m->header.kind != WIRE_VIDEO && m->header.kind != WIRE_AUDIO))
            continue;
        struct expected *const e = &all[frames++];
        e->message = m;
        e->order = i;
        assert_int_equal(
            webm_cluster_check(&e->block, message_payload(m), message_payload_len(m), NULL),
            WEBM_OK);
    }
    qsort(all, frames, sizeof(*all), compare);
    assert_int_equal(r->count, frames);
    for (size_t i = 0; i < frames; i++) {
        const struct replay_packet *const p = &r->packets[i];
        assert_int_equal(p->track, all[i].block.track);
        assert_int_equal(p->timestamp_ms, all[i].block.timestamp_ms);
        assert_int_equal(p->is_keyframe, all[i].block.is_keyframe);
        assert_int_equal(p->len, all[i].block.len);
        assert_memory_equal(p->bytes, message_payload(all[i].message) + all[i].block.offset,
                            p->len);
    }
    free(all);
}

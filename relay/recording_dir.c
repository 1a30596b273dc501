// SPDX-License-Identifier: MIT
// Owns names and small files in the folder of recordings. A replaced file is written beside, synced
// and renamed, so that a reader or a crash sees the old one or the new one. Recorder threads only.
#include "relay/recording_dir.h"

#include "relay/json_writer.h"
#include "relay/time_text.h"
#include "shared/utf8.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TMP_SUFFIX ".tmp"
// Every character of the title may need six bytes (\u00xx); the rest is ours.
#define META_MAX_LEN (LIMIT_TITLE_BYTES * 6 + 512)
#define CHUNK_LEN 4096

static const char *const all_suffixes[] = {RECORDING_PART, RECORDING_CUES, RECORDING_REPLAY,
                                           RECORDING_META, RECORDING_CHAT, RECORDING_POSTER};

bool recording_id_is_valid(const char *id) {
    size_t len = 0;
    for (; id[len] && len <= LIMIT_ID_CHARS; len++) {
        if (!((id[len] >= 'a' && id[len] <= 'z') || (id[len] >= '2' && id[len] <= '7')))
            return false;
    }
    return len == LIMIT_ID_CHARS;
}

void recording_name(char out[RECORDING_NAME_LEN], const char *id, const char *suffix) {
    assert(recording_id_is_valid(id));
    const int len = snprintf(out, RECORDING_NAME_LEN, "%s%s", id, suffix);
    assert(len > 0 && len < RECORDING_NAME_LEN);
    (void)len;
}

int recording_open_file(int dir_fd, const char *id, const char *suffix, int flags) {
    char name[RECORDING_NAME_LEN];
    recording_name(name, id, suffix);
    const int fd = openat(dir_fd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0644);
    return fd < 0 ? -errno : fd;
}

bool recording_has_file(int dir_fd, const char *id, const char *suffix) {
    char name[RECORDING_NAME_LEN];
    recording_name(name, id, suffix);
    return faccessat(dir_fd, name, F_OK, 0) == 0;
}

static int remove_name(int dir_fd, const char *name) {
    return unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT ? 0 : -errno;
}

int recording_remove_file(int dir_fd, const char *id, const char *suffix) {
    char name[RECORDING_NAME_LEN];
    recording_name(name, id, suffix);
    return remove_name(dir_fd, name);
}

int recording_remove_all(int dir_fd, const char *id) {
    int result = 0;
    for (size_t i = 0; i < sizeof(all_suffixes) / sizeof(all_suffixes[0]); i++) {
        const int status = recording_remove_file(dir_fd, id, all_suffixes[i]);
        if (status != 0)
            result = status;
    }
    return result;
}

int64_t recording_read_at(int fd, void *out, size_t len, uint64_t offset) {
    for (;;) {
        const ssize_t n = pread(fd, out, len, (off_t)offset);
        if (n >= 0)
            return n;
        if (errno != EINTR)
            return -errno;
    }
}

int recording_write_at(int fd, const void *bytes, size_t len, uint64_t offset, size_t *written) {
    size_t done = 0;
    int result = 0;
    while (done < len) {
        const ssize_t n =
            pwrite(fd, (const uint8_t *)bytes + done, len - done, (off_t)(offset + done));
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            result = n == 0 ? -EIO : -errno;
            break;
        }
    }
    if (written)
        *written = done;
    return result;
}

int recording_discard(int dir_fd, const char *id) {
    static const char *const others[] = {RECORDING_META, RECORDING_CHAT, RECORDING_POSTER,
                                         RECORDING_COVER};
    char film[RECORDING_NAME_LEN], litter[RECORDING_NAME_LEN];
    recording_name(film, id, RECORDING_REPLAY);
    recording_name(litter, id, RECORDING_REPLAY_TMP);
    int status = renameat(dir_fd, film, dir_fd, litter) == 0 || errno == ENOENT ? 0 : -errno;
    recording_name(film, id, RECORDING_GONE);
    if (status == 0 && renameat(dir_fd, film, dir_fd, litter) != 0 && errno != ENOENT)
        status = -errno;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && status == 0; i++)
        status = recording_remove_file(dir_fd, id, others[i]);
    return status;
}

int recording_put_aside(int dir_fd, const char *id, int64_t unix_s) {
    const struct timespec times[2] = {{.tv_sec = unix_s}, {.tv_sec = unix_s}};
    char film[RECORDING_NAME_LEN], gone[RECORDING_NAME_LEN];
    recording_name(film, id, RECORDING_REPLAY);
    recording_name(gone, id, RECORDING_GONE);
    // The time first: a film without it would go at once.
    return utimensat(dir_fd, film, times, AT_SYMLINK_NOFOLLOW) == 0 &&
                   renameat(dir_fd, film, dir_fd, gone) == 0
               ? 0
               : -errno;
}

int recording_take_back(int dir_fd, const char *id) {
    char film[RECORDING_NAME_LEN], gone[RECORDING_NAME_LEN];
    recording_name(film, id, RECORDING_REPLAY);
    recording_name(gone, id, RECORDING_GONE);
    return renameat(dir_fd, gone, dir_fd, film) == 0 ? 0 : -errno;
}

int recording_replace_file(int dir_fd, const char *id, const char *suffix, const void *bytes,
                           size_t len, bool is_synced) {
    char name[RECORDING_NAME_LEN];
    char tmp[RECORDING_NAME_LEN + sizeof(TMP_SUFFIX)];
    recording_name(name, id, suffix);
    snprintf(tmp, sizeof(tmp), "%s%s", name, TMP_SUFFIX);
    const int fd = openat(dir_fd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return -errno;
    int status = recording_write_at(fd, bytes, len, 0, NULL);
    if (status == 0 && is_synced && fdatasync(fd) != 0)
        status = -errno;
    close(fd);
    if (status == 0 && renameat(dir_fd, tmp, dir_fd, name) != 0)
        status = -errno;
    if (status != 0)
        unlinkat(dir_fd, tmp, 0);
    return status;
}

// --- ID.json
// -----------------------------------------------------------------------------------------

int recording_write_meta(int dir_fd, const char *id, const char *title, int64_t started_at_ms) {
    char text[META_MAX_LEN];
    char started_at[TIME_TEXT_LEN + 1];
    time_text_write(started_at, started_at_ms * 1000);
    // The relay has checked the title; a tool that has not gets a file that is JSON all the same.
    const size_t title_len = strlen(title);
    const bool title_is_fine =
        title_len <= LIMIT_TITLE_BYTES && utf8_is_text((const uint8_t *)title, title_len);
    struct json_writer w;
    json_writer_init(&w, text, sizeof(text));
    json_object_begin(&w, NULL);
    json_text(&w, "id", id);
    json_text(&w, "title", title_is_fine ? title : "");
    json_text(&w, "startedAt", started_at);
    json_object_end(&w);
    assert(!w.is_overflown);
    return recording_replace_file(dir_fd, id, RECORDING_META, text, w.len, false);
}

// Reads a small file whole; its length, or a negative errno.
static int read_small(int dir_fd, const char *id, const char *suffix, char *out, size_t cap) {
    const int fd = recording_open_file(dir_fd, id, suffix, O_RDONLY);
    if (fd < 0)
        return fd;
    const ssize_t len = pread(fd, out, cap, 0);
    const int result = len < 0 ? -errno : (int)len;
    close(fd);
    return result;
}

int recording_complete_meta(int dir_fd, const char *id, uint64_t duration_ms, uint64_t size_bytes) {
    // Our own file in our own form, so text is enough: everything before the last brace, then two
    // members more. Quotes inside the title are escaped, so the search cannot hit it.
    char text[META_MAX_LEN + 128];
    int len = read_small(dir_fd, id, RECORDING_META, text, META_MAX_LEN);
    if (len < 0 && len != -ENOENT)
        return len;
    while (len > 0 && text[len - 1] == '\n')
        len--;
    if (len < 2 || text[0] != '{' || text[len - 1] != '}')
        len = snprintf(text, sizeof(text), "{\"id\":\"%s\",\"title\":\"\"}", id);
    text[len] = '\0';
    if (strstr(text, ",\"durationMs\":"))
        return 0;
    len--;
    len +=
        snprintf(text + len, sizeof(text) - (size_t)len, ",\"durationMs\":%llu,\"sizeBytes\":%llu}",
                 (unsigned long long)duration_ms, (unsigned long long)size_bytes);
    return recording_replace_file(dir_fd, id, RECORDING_META, text, (size_t)len, true);
}

// --- ID.chat.jsonl
// -----------------------------------------------------------------------------------

int recording_trim_chat(int dir_fd, const char *id) {
    const int fd = recording_open_file(dir_fd, id, RECORDING_CHAT, O_RDWR);
    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    int status = 0;
    struct stat info;
    if (fstat(fd, &info) != 0) {
        status = -errno;
        goto done;
    }
    // Backwards in chunks; a torn line is at most as long as one chat object.
    off_t end = info.st_size;
    while (end > 0) {
        char chunk[CHUNK_LEN];
        const off_t from = end > CHUNK_LEN ? end - CHUNK_LEN : 0;
        const ssize_t len = pread(fd, chunk, (size_t)(end - from), from);
        if (len != end - from) {
            status = len < 0 ? -errno : -EIO;
            goto done;
        }
        const char *const newline = memrchr(chunk, '\n', (size_t)len);
        end = newline ? from + (newline + 1 - chunk) : from;
        if (newline)
            break;
    }
    if (end != info.st_size && ftruncate(fd, end) != 0)
        status = -errno;
done:
    close(fd);
    return status;
}

// --- After a crash
// -------------------------------------------------------------------------------------

// The id in front of `suffix`, or false.
static bool id_of_name(char id[LIMIT_ID_CHARS + 1], const char *name, const char *suffix) {
    if (strlen(name) != LIMIT_ID_CHARS + strlen(suffix) || strcmp(name + LIMIT_ID_CHARS, suffix))
        return false;
    memcpy(id, name, LIMIT_ID_CHARS);
    id[LIMIT_ID_CHARS] = '\0';
    return recording_id_is_valid(id);
}

static bool is_stale_tmp(const char *name) {
    char id[LIMIT_ID_CHARS + 1];
    for (size_t i = 0; i < sizeof(all_suffixes) / sizeof(all_suffixes[0]); i++) {
        char suffix[RECORDING_NAME_LEN];
        snprintf(suffix, sizeof(suffix), "%s%s", all_suffixes[i], TMP_SUFFIX);
        if (id_of_name(id, name, suffix))
            return true;
    }
    return false;
}

// Calls on_name for each entry of the folder.
static int each_name(int dir_fd, void (*on_name)(void *ctx, const char *name), void *ctx) {
    const int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        const int status = -errno;
        if (fd >= 0)
            close(fd);
        return status;
    }
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        on_name(ctx, entry->d_name);
    closedir(dir);
    return 0;
}

static void remove_if_stale(void *ctx, const char *name) {
    if (is_stale_tmp(name))
        remove_name(*(const int *)ctx, name);
}

int recording_remove_stale(int dir_fd) { return each_name(dir_fd, remove_if_stale, &dir_fd); }

struct leftover_call {
    void (*on_leftover)(void *ctx, const char *id);
    void *ctx;
};

static void call_if_leftover(void *ctx, const char *name) {
    const struct leftover_call *const call = ctx;
    char id[LIMIT_ID_CHARS + 1];
    if (id_of_name(id, name, RECORDING_PART))
        call->on_leftover(call->ctx, id);
}

int recording_each_leftover(int dir_fd, void (*on_leftover)(void *ctx, const char *id), void *ctx) {
    struct leftover_call call = {.on_leftover = on_leftover, .ctx = ctx};
    return each_name(dir_fd, call_if_leftover, &call);
}

struct gone_call {
    int dir_fd;
    void (*on_gone)(void *ctx, const char *id, int64_t unix_s);
    void *ctx;
};

static void call_if_gone(void *ctx, const char *name) {
    const struct gone_call *const call = ctx;
    char id[LIMIT_ID_CHARS + 1];
    struct stat info;
    if (id_of_name(id, name, RECORDING_GONE) &&
        fstatat(call->dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode))
        call->on_gone(call->ctx, id, info.st_mtim.tv_sec);
}

int recording_each_gone(int dir_fd, void (*on_gone)(void *ctx, const char *id, int64_t unix_s),
                        void *ctx) {
    struct gone_call call = {.dir_fd = dir_fd, .on_gone = on_gone, .ctx = ctx};
    return each_name(dir_fd, call_if_gone, &call);
}

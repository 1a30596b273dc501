// SPDX-License-Identifier: MIT
#include "relay/replay_files.h"

#include "relay/control.h"
#include "relay/http_range.h"
#include "relay/shows.h"
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LIMIT_SIDECAR_BYTES 8192
// 30,000 lines of 500 bytes; a longer talk is told up to here.
#define LIMIT_CHAT_FILE_BYTES (16 * 1024 * 1024)
#define FREE_ENOUGH_BYTES (64ULL * 1024 * 1024)

static int open_file(int dir_fd, const char *id, const char *suffix, struct stat *info) {
    char name[LIMIT_ID_CHARS + 16];
    if (dir_fd < 0)
        return -1;
    snprintf(name, sizeof(name), "%s%s", id, suffix);
    const int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, info) != 0 || !S_ISREG(info->st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

int replay_file_serve(int dir_fd, const char *id, const char *suffix, const char *content_type,
                      const struct http_request *request, struct http_response *out) {
    struct stat info;
    const int fd = open_file(dir_fd, id, suffix, &info);
    if (fd < 0)
        return -1;
    snprintf(out->etag, sizeof(out->etag), "\"%" PRIx64 "-%" PRIx64 "\"", (uint64_t)info.st_size,
             (uint64_t)info.st_mtim.tv_sec * 1000000000 + (uint64_t)info.st_mtim.tv_nsec);
    const struct http_range_file file = {
        .size = (uint64_t)info.st_size, .etag = out->etag, .mtime_s = info.st_mtim.tv_sec};
    const struct http_range_request wanted = {
        .is_get = request->method == HTTP_GET,
        .range = request->range[0] ? request->range : NULL,
        .if_range = request->if_range[0] ? request->if_range : NULL,
        .if_match = request->if_match[0] ? request->if_match : NULL,
        .if_none_match = request->if_none_match[0] ? request->if_none_match : NULL,
        .if_modified_since = request->if_modified_since[0] ? request->if_modified_since : NULL,
        .if_unmodified_since =
            request->if_unmodified_since[0] ? request->if_unmodified_since : NULL,
    };
    struct http_range_answer answer = {0};
    http_range_evaluate(&answer, &wanted, &file);
    out->status = (uint16_t)answer.status;
    out->cache_control = "no-cache";
    out->has_ranges = true;
    out->last_modified_s = info.st_mtim.tv_sec;
    http_range_content_range(out->content_range, &answer, &file);
    if (answer.status != 200 && answer.status != 206) {
        close(fd);
        return 0;
    }
    out->content_type = content_type;
    out->kind = HTTP_BODY_FILE;
    out->fd = fd;
    out->file_offset = answer.first;
    out->body_len = answer.len;
    return 0;
}

// Up to `cap` bytes of a small file, malloc'd, with room for `extra` more behind; NULL when it is
// not there.
static char *read_file(int dir_fd, const char *id, const char *suffix, size_t cap, size_t extra,
                       size_t *len) {
    struct stat info;
    const int fd = open_file(dir_fd, id, suffix, &info);
    *len = 0;
    if (fd < 0)
        return NULL;
    const size_t wanted = (uint64_t)info.st_size < cap ? (size_t)info.st_size : cap;
    char *const text = malloc(wanted + extra + 1);
    ssize_t got = 1;
    while (text && *len < wanted && (got = pread(fd, text + *len, wanted - *len, (off_t)*len)) > 0)
        *len += (size_t)got;
    close(fd);
    return text;
}

char *replay_chat_read(int dir_fd, const char *id, size_t *len) {
    static const char head[] = "{\"messages\":[", tail[] = "]}";
    size_t text_len;
    char *const text = read_file(dir_fd, id, ".chat.jsonl", LIMIT_CHAT_FILE_BYTES, 0, &text_len);
    char *const json = malloc(text_len + sizeof(head) + sizeof(tail));
    *len = 0;
    if (!json) {
        free(text);
        return NULL;
    }
    memcpy(json, head, sizeof(head) - 1);
    size_t out = sizeof(head) - 1;
    // A line counts once its newline is there; commas take the newlines' places.
    for (size_t start = 0; start < text_len;) {
        const char *const end = memchr(text + start, '\n', text_len - start);
        if (!end)
            break;
        const size_t line_len = (size_t)(end - (text + start));
        if (line_len) {
            if (out > sizeof(head) - 1)
                json[out++] = ',';
            memcpy(json + out, text + start, line_len);
            out += line_len;
        }
        start += line_len + 1;
    }
    free(text);
    memcpy(json + out, tail, sizeof(tail) - 1);
    *len = out + sizeof(tail) - 1;
    return json;
}

int replay_read(int dir_fd, const char *id, struct replay *out) {
    struct stat media, poster;
    struct replay_sidecar sidecar = {0};
    size_t len;
    const int fd = open_file(dir_fd, id, ".webm", &media);
    if (fd < 0)
        return -1;
    close(fd);
    const int poster_fd = open_file(dir_fd, id, ".jpg", &poster);
    if (poster_fd >= 0)
        close(poster_fd);
    char *const json = read_file(dir_fd, id, ".json", LIMIT_SIDECAR_BYTES, 0, &len);
    if (json)
        replay_sidecar_read(&sidecar, json, len);
    free(json);
    memset(out, 0, sizeof(*out));
    memcpy(out->id, id, LIMIT_ID_CHARS);
    memcpy(out->title, sidecar.title, sizeof(out->title));
    // Without its sidecar a film is still a film: told by its file's time.
    out->started_at_ms =
        sidecar.started_at_ms ? sidecar.started_at_ms : media.st_mtim.tv_sec * 1000;
    out->duration_ms = sidecar.duration_ms;
    out->size_bytes = (uint64_t)media.st_size;
    out->has_poster = poster_fd >= 0;
    return 0;
}

int replay_scan(int dir_fd, struct replays *into) {
    const int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); // closedir closes it
    DIR *const dir = fd < 0 ? NULL : fdopendir(fd);
    int count = 0;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    for (const struct dirent *entry; (entry = readdir(dir));) {
        char id[LIMIT_ID_CHARS + 1];
        struct replay replay;
        if (strlen(entry->d_name) != LIMIT_ID_CHARS + 5 ||
            strcmp(entry->d_name + LIMIT_ID_CHARS, ".webm") != 0 ||
            !show_id_is_valid(entry->d_name, LIMIT_ID_CHARS))
            continue;
        memcpy(id, entry->d_name, LIMIT_ID_CHARS);
        id[LIMIT_ID_CHARS] = '\0';
        if (replay_read(dir_fd, id, &replay) == 0 && replays_put(into, &replay) == 0)
            count++;
    }
    closedir(dir);
    return count;
}

bool replay_folder_is_writable(int dir_fd) {
    struct statvfs space;
    return dir_fd >= 0 && faccessat(dir_fd, ".", W_OK | X_OK, 0) == 0 &&
           fstatvfs(dir_fd, &space) == 0 &&
           (uint64_t)space.f_bavail * space.f_frsize > FREE_ENOUGH_BYTES;
}

// SPDX-License-Identifier: MIT
#include "relay/assets.h"

#include "relay/relay_limits.h"
#include "relay/shows.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_ASSET_BYTES (64L * 1024 * 1024)

struct assets {
    const struct asset *files;
    size_t file_count;
    const struct asset_route *routes;
    size_t route_count;
    // of a folder; dir_fd is -1 for what is built in
    int dir_fd;
    struct timespec read_at; // the manifest's time when it was read
    struct asset_manifest *manifest;
    struct asset *own_files;
    struct asset_route *own_routes;
};

// How many characters of `path` are an account's name.
static size_t name_len(const char *path) {
    const size_t len =
        strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    return len >= LIMIT_ACCOUNT_NAME_LEAST_BYTES && len <= LIMIT_ACCOUNT_NAME_BYTES ? len : 0;
}

bool path_matches(const char *pattern, const char *path, char word[PATH_WORD_BYTES]) {
    word[0] = '\0';
    while (*pattern) {
        const bool is_id = strncmp(pattern, "ID", 2) == 0;
        if (is_id || strncmp(pattern, "NAME", 4) == 0) {
            const size_t len = !is_id ? name_len(path)
                               : strnlen(path, LIMIT_ID_CHARS) == LIMIT_ID_CHARS &&
                                       show_id_is_valid(path, LIMIT_ID_CHARS)
                                   ? LIMIT_ID_CHARS
                                   : 0;
            if (!len)
                return false;
            memcpy(word, path, len);
            word[len] = '\0';
            path += len;
            pattern += is_id ? 2 : 4;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

// The whole file as malloc'd bytes; false when it cannot be read.
static bool read_whole(struct asset_bytes *out, int dir_fd, const char *name, const char *suffix) {
    char path[256];
    struct stat info;
    uint8_t *bytes = NULL;
    if ((size_t)snprintf(path, sizeof(path), "%s%s", name, suffix) >= sizeof(path))
        return false;
    const int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t len = 0;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= LIMIT_ASSET_BYTES &&
        (bytes = malloc((size_t)info.st_size + 1))) {
        ssize_t got = 1;
        while (len < (size_t)info.st_size &&
               (got = read(fd, bytes + len, (size_t)info.st_size - len)) > 0)
            len += (size_t)got;
        if (len < (size_t)info.st_size) {
            free(bytes);
            bytes = NULL;
        }
    }
    close(fd);
    *out = (struct asset_bytes){bytes, len};
    return bytes != NULL;
}

static void forget_folder(struct assets *a) {
    for (size_t i = 0; a->own_files && i < a->file_count; i++) {
        free((void *)(uintptr_t)a->own_files[i].plain.bytes);
        free((void *)(uintptr_t)a->own_files[i].br.bytes);
        free((void *)(uintptr_t)a->own_files[i].gz.bytes);
    }
    free(a->own_files);
    free(a->own_routes);
    free(a->manifest);
    a->own_files = NULL;
    a->own_routes = NULL;
    a->manifest = NULL;
    a->file_count = a->route_count = 0;
}

static int load_folder(struct assets *a) {
    struct asset_bytes json = {0};
    forget_folder(a);
    a->manifest = malloc(sizeof(*a->manifest));
    a->own_files = calloc(ASSET_FILES_COUNT, sizeof(*a->own_files));
    a->own_routes = calloc(ASSET_ROUTES_COUNT, sizeof(*a->own_routes));
    if (!a->manifest || !a->own_files || !a->own_routes ||
        !read_whole(&json, a->dir_fd, "manifest.json", ""))
        return -1;
    const int status = asset_manifest_read(a->manifest, (const char *)json.bytes, json.len);
    free((void *)(uintptr_t)json.bytes);
    if (status != 0) {
        errno = EINVAL;
        return -1;
    }
    for (size_t i = 0; i < a->manifest->file_count; i++) {
        const struct asset_manifest_file *const from = &a->manifest->files[i];
        struct asset *const to = &a->own_files[i];
        *to = (struct asset){.name = from->name,
                             .type = from->type,
                             .etag = from->etag,
                             .is_immutable = from->is_immutable};
        a->file_count = i + 1;
        if (!read_whole(&to->plain, a->dir_fd, from->name, ""))
            return -1;
        if (from->has_br)
            read_whole(&to->br, a->dir_fd, from->name, ".br");
        if (from->has_gz)
            read_whole(&to->gz, a->dir_fd, from->name, ".gz");
    }
    for (size_t i = 0; i < a->manifest->route_count; i++)
        a->own_routes[i] =
            (struct asset_route){a->manifest->routes[i].pattern, a->manifest->routes[i].file};
    a->route_count = a->manifest->route_count;
    a->files = a->own_files;
    a->routes = a->own_routes;
    return 0;
}

struct assets *assets_create(const char *dir) {
    struct assets *const a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    a->dir_fd = -1;
    if (!dir) {
        a->files = assets_embedded;
        a->file_count = assets_embedded_count;
        a->routes = assets_embedded_routes;
        a->route_count = assets_embedded_route_count;
        return a;
    }
    a->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat info;
    if (a->dir_fd >= 0 && fstatat(a->dir_fd, "manifest.json", &info, 0) == 0 &&
        load_folder(a) == 0) {
        a->read_at = info.st_mtim;
        return a;
    }
    const int error = errno;
    assets_destroy(a);
    errno = error;
    return NULL;
}

void assets_destroy(struct assets *a) {
    if (!a)
        return;
    forget_folder(a);
    if (a->dir_fd >= 0)
        close(a->dir_fd);
    free(a);
}

// A folder that is being rebuilt has no manifest for a while; the old files are served until a new
// one is there.
static void refresh(struct assets *a) {
    struct stat info;
    if (a->dir_fd < 0 || fstatat(a->dir_fd, "manifest.json", &info, 0) != 0)
        return;
    if (info.st_mtim.tv_sec == a->read_at.tv_sec && info.st_mtim.tv_nsec == a->read_at.tv_nsec)
        return;
    if (load_folder(a) == 0)
        a->read_at = info.st_mtim;
}

const struct asset *assets_find_file(struct assets *a, const char *name) {
    refresh(a);
    for (size_t i = 0; i < a->file_count; i++)
        if (strcmp(a->files[i].name, name) == 0)
            return &a->files[i];
    return NULL;
}

const struct asset *assets_find(struct assets *a, const char *path) {
    char id[PATH_WORD_BYTES];
    refresh(a);
    for (size_t i = 0; i < a->route_count; i++)
        if (path_matches(a->routes[i].pattern, path, id))
            return assets_find_file(a, a->routes[i].file);
    // Pages have routes; by name only what pages refer to.
    return strncmp(path, "/assets/", 8) == 0 ? assets_find_file(a, path + 1) : NULL;
}

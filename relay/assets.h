// SPDX-License-Identifier: MIT
// The page's files: built into the program (embed_assets.cmake writes the table), or read from a
// folder for development (--web DIR). Both are described by the manifest.json which web/build.mjs
// writes: names, types, hashes, compressed forms, and which page answers which route. A request's
// path is only ever looked up in that table; no file name is made from it.
#ifndef TABCAST_RELAY_ASSETS_H
#define TABCAST_RELAY_ASSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSET_FILES_COUNT 512
#define ASSET_ROUTES_COUNT 32

struct asset_bytes {
    const uint8_t *bytes; // NULL: there is no such form
    size_t len;
};

struct asset {
    const char *name; // "assets/x-HASH.js", "index.html"
    const char *type;
    const char *etag; // hash of the plain bytes, without quotes
    bool is_immutable;
    struct asset_bytes plain, br, gz;
};

struct asset_route {
    const char *pattern; // "/show/ID"; ID stands for a show's id, NAME for an account's name
    const char *file;
};

// The table in the program; empty when it was built without a page.
extern const struct asset assets_embedded[];
extern const size_t assets_embedded_count;
extern const struct asset_route assets_embedded_routes[];
extern const size_t assets_embedded_route_count;

// manifest.json as read by asset_manifest_read (json_jansson_files.c).
struct asset_manifest_file {
    char name[160], type[64], etag[64];
    bool is_immutable, has_br, has_gz;
};
struct asset_manifest_route {
    char pattern[64], file[64];
};
struct asset_manifest {
    struct asset_manifest_file files[ASSET_FILES_COUNT];
    struct asset_manifest_route routes[ASSET_ROUTES_COUNT];
    size_t file_count, route_count;
};
int asset_manifest_read(struct asset_manifest *out, const char *json,
                        size_t len); // 0, or -1: not our manifest

struct assets;

// `dir`: NULL for what is built in. NULL with errno set when the folder or its manifest cannot be
// read.
struct assets *assets_create(const char *dir);
void assets_destroy(struct assets *a);

// What answers GET `path`: the page of a route, or a file by its name behind '/'; NULL when nothing
// does. Valid until the next call of this kind (a development folder is read anew when it changed).
const struct asset *assets_find(struct assets *a, const char *path);
const struct asset *assets_find_file(struct assets *a, const char *name);

// Whether a path fits a pattern such as "/replays/ID/chat.json"; `id` gets the 12 characters
// standing for ID ("" when the pattern has none). Nothing but [a-z2-7]{12} ever stands for an ID.
// NAME in a pattern stands for an account's name.
#define PATH_WORD_BYTES 33
bool path_matches(const char *pattern, const char *path, char word[PATH_WORD_BYTES]);

#endif

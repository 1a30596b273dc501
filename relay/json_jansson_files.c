// SPDX-License-Identifier: MIT
// Files of our own making: a recording's sidecar, the page's manifest.
#include "relay/assets.h"
#include "relay/control.h"
#include "relay/json_jansson.h"
#include "relay/time_text.h"
#include <string.h>

int replay_sidecar_read(struct replay_sidecar *out, const char *json, size_t len) {
    json_t *const root = jansson_load_object(json, len);
    if (!root)
        return -1;
    memset(out, 0, sizeof(*out));
    if (jansson_copy_text(out->title, sizeof(out->title), json_object_get(root, "title")) < 0 ||
        !jansson_is_line(out->title))
        out->title[0] = '\0';
    uint64_t count = 0;
    const char *const started_at = json_string_value(json_object_get(root, "startedAt"));
    if (started_at && time_text_read(started_at) > 0)
        out->started_at_ms = time_text_read(started_at) / 1000;
    if (jansson_read_count(&count, json_object_get(root, "durationMs")))
        out->duration_ms = count;
    if (jansson_read_count(&count, json_object_get(root, "sizeBytes")))
        out->size_bytes = count;
    json_decref(root);
    return 0;
}

static int read_manifest_files(struct asset_manifest *out, const json_t *files) {
    size_t i;
    const json_t *item;
    json_array_foreach(files, i, item) {
        if (out->file_count == ASSET_FILES_COUNT)
            return -1;
        struct asset_manifest_file *const file = &out->files[out->file_count++];
        uint64_t br = 0, gz = 0;
        if (jansson_copy_text(file->name, sizeof(file->name), json_object_get(item, "file")) <= 0 ||
            file->name[0] == '/' || strstr(file->name, "..") ||
            jansson_copy_text(file->type, sizeof(file->type), json_object_get(item, "type")) <= 0 ||
            jansson_copy_text(file->etag, sizeof(file->etag), json_object_get(item, "etag")) <= 0)
            return -1;
        if (!jansson_read_count(&br, json_object_get(item, "brSize")) ||
            !jansson_read_count(&gz, json_object_get(item, "gzSize")))
            return -1;
        file->has_br = br > 0;
        file->has_gz = gz > 0;
        file->is_immutable = json_is_true(json_object_get(item, "immutable"));
    }
    return 0;
}

int asset_manifest_read(struct asset_manifest *out, const char *json, size_t len) {
    json_t *const root = jansson_load_object(json, len);
    int result = root ? 0 : -1;
    size_t i;
    const json_t *item;
    memset(out, 0, sizeof(*out));
    json_array_foreach(json_object_get(root, "routes"), i, item) {
        if (json_is_null(json_object_get(item, "route")))
            continue; // 404.html: a page without a place
        struct asset_manifest_route *const route = &out->routes[out->route_count];
        if (out->route_count == ASSET_ROUTES_COUNT ||
            jansson_copy_text(route->pattern, sizeof(route->pattern),
                              json_object_get(item, "route")) <= 0 ||
            jansson_copy_text(route->file, sizeof(route->file), json_object_get(item, "file")) <=
                0) {
            result = -1;
            break;
        }
        out->route_count++;
    }
    if (result == 0)
        result = read_manifest_files(out, json_object_get(root, "files"));
    json_decref(root);
    return result;
}

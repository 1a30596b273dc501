// SPDX-License-Identifier: MIT
// Owns the reading of golden vectors. Their JSON is flat and ours, so looking for `"key":` finds
// it.
#include "golden.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const char *what, const char *which) {
    fprintf(stderr, "golden: %s: %s\n", which, what);
    abort();
}

uint8_t *golden_file(const char *path, size_t *len) {
    char full[512];
    snprintf(full, sizeof(full), "%s/%s", TABCAST_SOURCE_DIR, path);
    FILE *const file = fopen(full, "rb");
    if (!file)
        stop("cannot be opened", full);
    fseek(file, 0, SEEK_END);
    *len = (size_t)ftell(file);
    rewind(file);
    uint8_t *const bytes = malloc(*len + 1);
    if (!bytes || fread(bytes, 1, *len, file) != *len)
        stop("cannot be read", full);
    bytes[*len] = 0;
    fclose(file);
    return bytes;
}

static unsigned digit(char c, const char *name) {
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a' + 10);
    stop("not a hex digit", name);
    return 0;
}

static void read_vector(struct golden_vector *v, char *line) {
    char *const hex = strchr(line, ' ');
    char *const json = hex ? strchr(hex + 1, ' ') : NULL;
    if (!json)
        stop("not NAME HEX JSON", line);
    *hex = *json = '\0';
    snprintf(v->name, sizeof(v->name), "%s", line);
    if (snprintf(v->json, sizeof(v->json), "%s", json + 1) >= (int)sizeof(v->json))
        stop("JSON too long", v->name);
    const size_t hex_len = hex[1] == '-' ? 0 : strlen(hex + 1) / 2;
    const size_t pad_to = golden_number(v, "padTo");
    v->len = pad_to > hex_len ? pad_to : hex_len;
    v->bytes = calloc(1, v->len ? v->len : 1);
    if (!v->bytes)
        stop("out of memory", v->name);
    for (size_t i = 0; i < hex_len; i++)
        v->bytes[i] =
            (uint8_t)(digit(hex[1 + 2 * i], v->name) << 4 | digit(hex[2 + 2 * i], v->name));
}

size_t golden_each(const char *file, void (*check)(const struct golden_vector *v)) {
    char path[128];
    snprintf(path, sizeof(path), "tests/golden/%s", file);
    size_t len;
    char *const text = (char *)golden_file(path, &len);
    size_t count = 0;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (!*line || *line == '#')
            continue;
        struct golden_vector v;
        read_vector(&v, line);
        printf("%s: %s\n", file, v.name); // the last one printed is the one that failed
        check(&v);
        free(v.bytes);
        count++;
    }
    if (!count)
        stop("no vector", path);
    free(text);
    return count;
}

static const char *value_of(const struct golden_vector *v, const char *key) {
    char quoted[64];
    snprintf(quoted, sizeof(quoted), "\"%s\":", key);
    const char *const at = strstr(v->json, quoted);
    return at ? at + strlen(quoted) : "";
}

uint64_t golden_number(const struct golden_vector *v, const char *key) {
    return strtoull(value_of(v, key), NULL, 10);
}

int golden_true(const struct golden_vector *v, const char *key) {
    return strncmp(value_of(v, key), "true", 4) == 0;
}

const char *golden_text(const struct golden_vector *v, const char *key) {
    static char text[256];
    const char *const at = value_of(v, key);
    text[0] = '\0';
    if (*at == '"')
        snprintf(text, sizeof(text), "%.*s", (int)strcspn(at + 1, "\""), at + 1);
    return text;
}

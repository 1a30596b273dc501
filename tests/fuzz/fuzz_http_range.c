// SPDX-License-Identifier: MIT
// Any conditional headers: an answer whose part lies inside the file. Input: a flag byte, then up
// to six header values that end with a newline; a line "-" is an absent header.
#include "relay/http_range.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len == 0)
        return 0;
    static const uint64_t sizes[] = {0, 1, 10000, UINT64_MAX};
    const struct http_range_file file = {
        .size = sizes[data[0] & 3], .etag = "\"5f-1a2b\"", .mtime_s = 784111777};
    char *const text = malloc(len);
    memcpy(text, data + 1, len - 1);
    text[len - 1] = '\0';
    const char *lines[6] = {0};
    char *rest = text;
    for (int i = 0; i < 6 && rest; i++) {
        char *const line = strsep(&rest, "\n");
        lines[i] = strcmp(line, "-") == 0 ? NULL : line;
    }
    const struct http_range_request request = {
        .is_get = data[0] >> 2 & 1,
        .range = lines[0],
        .if_range = lines[1],
        .if_match = lines[2],
        .if_none_match = lines[3],
        .if_modified_since = lines[4],
        .if_unmodified_since = lines[5],
    };
    struct http_range_answer a;
    http_range_evaluate(&a, &request, &file);
    char value[HTTP_CONTENT_RANGE_LEN];
    const int value_len = http_range_content_range(value, &a, &file);
    switch (a.status) {
    case 200:
        if (a.first != 0 || a.len != file.size || value_len != 0)
            abort();
        break;
    case 206:
        if (a.len == 0 || a.first >= file.size || a.len > file.size - a.first || value_len == 0)
            abort();
        break;
    case 304:
    case 412:
        if (a.len != 0)
            abort();
        break;
    case 416:
        if (a.len != 0 || value_len == 0)
            abort();
        break;
    default:
        abort();
    }
    free(text);
    return 0;
}

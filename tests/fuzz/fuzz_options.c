// SPDX-License-Identifier: MIT
// The config file and listen addresses. The first byte says which.
#include "relay/options.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    char error[256], host[OPTION_TEXT_BYTES];
    struct options o;
    uint16_t port;
    if (len < 1)
        return 0;
    const char *const text = (const char *)data + 1;
    options_init(&o);
    if (data[0] & 1) {
        if (!options_read_config(&o, text, len - 1, error, sizeof(error)))
            assert(strnlen(error, sizeof(error)) < sizeof(error));
        assert(o.max_rooms >= 1 && o.max_rooms <= 100000);
        assert(strnlen(o.data, sizeof(o.data)) < sizeof(o.data));
        options_check(&o, error, sizeof(error));
    } else {
        char *const copy = strndup(text, len - 1);
        if (copy && listen_address_read(copy, host, &port))
            assert(strlen(host) < OPTION_TEXT_BYTES);
        free(copy);
    }
    return 0;
}

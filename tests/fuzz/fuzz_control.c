// SPDX-License-Identifier: MIT
// JSON from outside: text messages, the body that creates a show, sidecars, manifests. What was
// accepted must keep the promises of control.h.
#include "relay/assets.h"
#include "relay/control.h"
#include "shared/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_line(const char *text, size_t cap) {
    assert(strnlen(text, cap) < cap);
    assert(utf8_is_line((const uint8_t *)text, strlen(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct control_message m;
    struct show_about show = {0};
    struct replay_sidecar sidecar;
    const char *const json = (const char *)data;
    if (utf8_is_valid(data, len)) {
        if (control_read(&m, json, len) == REFUSAL_NONE) {
            if (m.type == CONTROL_HELLO)
                check_line(m.hello.name, sizeof(m.hello.name));
            if (m.type == CONTROL_NAME)
                check_line(m.name.name, sizeof(m.name.name));
            if (m.type == CONTROL_START)
                assert(m.start.timestamp_us >= 0);
            if (m.type == CONTROL_CHAT && m.chat.is_valid) {
                char out[LIMIT_TEXT_MESSAGE_BYTES];
                const struct control_chat_line line = {
                    .session = "s", .name = "n", .role = "watch", .text = m.chat.text};
                assert(utf8_is_text((const uint8_t *)m.chat.text, strlen(m.chat.text)));
                assert(control_write_chat(out, sizeof(out), &line));
            }
        }
        char password[LIMIT_PASSWORD_BYTES + 1];
        (void)show_pass_request_read(password, json, len);
        if (!show_request_read(&show, password, true, json, len)) {
            assert(show.length_min <= LIMIT_SHOW_LENGTH_MIN &&
                   show.price_coins <= LIMIT_PRICE_COINS);
            check_line(show.invited, sizeof(show.invited));
            check_line(show.title, sizeof(show.title));
            check_line(show.tags, sizeof(show.tags));
        }
        (void)show_request_read(&show, password, false, json, len);
    }
    if (replay_sidecar_read(&sidecar, json, len) == 0)
        check_line(sidecar.title, sizeof(sidecar.title));
    struct asset_manifest *const manifest = malloc(sizeof(*manifest));
    if (manifest && asset_manifest_read(manifest, json, len) == 0)
        for (size_t i = 0; i < manifest->file_count; i++)
            assert(manifest->files[i].name[0] != '/' && !strstr(manifest->files[i].name, ".."));
    free(manifest);
    return 0;
}

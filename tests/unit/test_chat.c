// SPDX-License-Identifier: MIT
#include "relay/chat.h"
#include "relay/relay_limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void say(struct chat *c, const char *text, const char *name) {
    struct control_chat_line line = {.session = "aaaaaaaaaaaa",
                                     .name = name,
                                     .role = "watch",
                                     .text = text,
                                     .at_us = 1500,
                                     .sent_at_us = 1800000000000000};
    message_unref(chat_say(c, &line));
}

static size_t history(const struct chat *c, char *out, size_t cap) {
    struct message *const m = chat_history(c);
    const size_t len = m->framed_len - m->frame_head_len;
    assert_true(len < cap);
    memcpy(out, m->bytes + m->frame_head_len, len);
    out[len] = '\0';
    message_unref(m);
    return len;
}

static void history_holds_the_last_hundred_in_order(void **state) {
    (void)state;
    static char text[LIMIT_HISTORY_MESSAGE_BYTES + 1];
    struct chat c = {0};
    history(&c, text, sizeof(text));
    assert_string_equal(text, "{\"type\":\"history\",\"messages\":[]}");
    for (int i = 1; i <= 130; i++) {
        char line[16];
        snprintf(line, sizeof(line), "line %d", i);
        say(&c, line, "Ann");
    }
    history(&c, text, sizeof(text));
    assert_null(strstr(text, "\"line 30\""));
    const char *const first = strstr(text, "\"line 31\""), *const last =
                                                               strstr(text, "\"line 130\"");
    assert_true(first && last && first < last);
    assert_non_null(strstr(text, "\"id\":130,"));
    assert_memory_equal(text, "{\"type\":\"history\",\"messages\":[{\"type\":\"chat\",\"id\":31,",
                        46);
    chat_dispose(&c);
}

static void the_longest_lines_still_fit_the_historys_limit(void **state) {
    (void)state;
    static char text[LIMIT_HISTORY_MESSAGE_BYTES + 1];
    char line[LIMIT_CHAT_TEXT_BYTES + 1], name[LIMIT_NAME_BYTES + 1];
    struct chat c = {0};
    memset(line, '"', LIMIT_CHAT_TEXT_BYTES); // each byte becomes two
    line[LIMIT_CHAT_TEXT_BYTES] = '\0';
    memset(name, '\\', LIMIT_NAME_BYTES);
    name[LIMIT_NAME_BYTES] = '\0';
    for (int i = 0; i < 101; i++)
        say(&c, line, name);
    const size_t len = history(&c, text, sizeof(text));
    assert_true(len > 200000 && len <= LIMIT_HISTORY_MESSAGE_BYTES);
    assert_string_equal(text + len - 3, "}]}");
    chat_dispose(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_holds_the_last_hundred_in_order),
        cmocka_unit_test(the_longest_lines_still_fit_the_historys_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

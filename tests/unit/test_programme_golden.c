// SPDX-License-Identifier: MIT
// The programme's text messages against their golden vectors: what a front page asks is read, what
// it is told is written byte by byte.
#include "golden.h"
#include "relay/control.h"
#include "shared/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SHOWS_COUNT = 8 };

// As session.c does it: what is not UTF-8 is no message.
static void check_asked(const struct golden_vector *v) {
    struct control_message m;
    const char *const wanted = golden_text(v, "status");
    const enum refusal why = !utf8_is_valid(v->bytes, v->len)
                                 ? REFUSAL_NOT_JSON
                                 : control_read(&m, (const char *)v->bytes, v->len);
    assert_string_equal(why == REFUSAL_NONE ? "ok" : refusal_text(why)->code, wanted);
    if (why == REFUSAL_NONE)
        assert_int_equal(m.type, CONTROL_PROGRAMME);
}

static enum programme_state state_of(const char *name) {
    static const char *const names[] = {"", "scheduled", "live", "reconnecting", "ended", "replay"};
    for (unsigned i = PROGRAMME_SCHEDULED; i <= PROGRAMME_REPLAY; i++)
        if (strcmp(names[i], name) == 0)
            return (enum programme_state)i;
    fail_msg("no such state: %s", name);
    return PROGRAMME_NOTHING;
}

static void check_told(const struct golden_vector *v) {
    struct control_programme_item items[SHOWS_COUNT];
    char key[16], json[LIMIT_TEXT_MESSAGE_BYTES];
    const size_t count = golden_number(v, "count");
    if (strcmp(golden_text(v, "status"), "ok") != 0)
        return; // the relay tells nothing of the kind
    assert_true(count <= SHOWS_COUNT);
    for (size_t i = 0; i < count; i++) {
        snprintf(key, sizeof(key), "id%zu", i);
        snprintf(items[i].show, sizeof(items[i].show), "%s", golden_text(v, key));
        snprintf(key, sizeof(key), "state%zu", i);
        items[i].state = state_of(golden_text(v, key));
        snprintf(key, sizeof(key), "viewers%zu", i);
        items[i].viewers = (uint32_t)golden_number(v, key);
    }
    const size_t len =
        control_write_programme(json, sizeof(json), items, count, golden_true(v, "isWhole"));
    assert_int_equal(len, v->len);
    assert_memory_equal(json, v->bytes, len);
    for (size_t cap = 0; cap < len; cap++) // what does not fit is not written
        assert_int_equal(
            control_write_programme(json, cap, items, count, golden_true(v, "isWhole")), 0);
}

static void check_vector(const struct golden_vector *v) {
    if (strcmp(golden_text(v, "from"), "client") == 0)
        check_asked(v);
    else
        check_told(v);
}

static void golden_vectors(void **state) {
    (void)state;
    assert_true(golden_each("programme.txt", check_vector) >= 25);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

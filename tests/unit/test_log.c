// SPDX-License-Identifier: MIT
// Lines for people and programs, and the text of /metrics.
#include "relay/log.h"
#include "relay/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char line[4096];

static void keep(void *ctx, const char *text, size_t len) {
    (void)ctx;
    memcpy(line, text, len);
    line[len] = '\0';
}

static void text_lines(void **state) {
    (void)state;
    const struct log log = {.write = keep, .lowest = LOG_LEVEL_INFO};
    log_event(&log, 1769860800123000, LOG_LEVEL_INFO, "show-started", LOG_TEXT("show", "abc"),
              LOG_TEXT("title", "My \"show\"\nerror forged"), LOG_NUMBER("viewers", 3),
              LOG_TEXT("empty", ""));
    assert_string_equal(line, "2026-01-31T12:00:00.123Z info show-started show=abc "
                              "title=\"My \\\"show\\\"\\nerror forged\" viewers=3 empty=\"\"\n");
    line[0] = '\0';
    log_event(&log, 0, LOG_LEVEL_DEBUG, "detail", LOG_NUMBER("n", 1));
    assert_string_equal(line, "");
}

static void json_lines(void **state) {
    (void)state;
    const struct log log = {.write = keep, .is_json = true};
    log_event(&log, 1769860800123000, LOG_LEVEL_WARN, "x", LOG_TEXT("a", "\"\n"),
              LOG_NUMBER("b", 2));
    assert_string_equal(line,
                        "{\"time\":\"2026-01-31T12:00:00.123Z\",\"level\":\"warn\",\"event\":\"x\","
                        "\"a\":\"\\\"\\n\",\"b\":2}\n");
}

static void long_values_are_cut_not_split(void **state) {
    (void)state;
    static char value[6000];
    memset(value, 'v', sizeof(value) - 1);
    struct log log = {.write = keep};
    log_event(&log, 0, LOG_LEVEL_INFO, "x", LOG_TEXT("a", value), LOG_TEXT("b", value));
    assert_true(strlen(line) <= 2048);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    log.is_json = true;
    log_event(&log, 0, LOG_LEVEL_INFO, "x", LOG_TEXT("a", value));
    assert_string_equal(
        line, "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"event\":\"x\"}\n");
}

static void metrics_have_help_type_and_every_reason(void **state) {
    (void)state;
    static char text[METRICS_TEXT_BYTES + 1];
    struct metrics m;
    struct recorder_stats stats = {.queue_bytes = 17};
    const struct metrics_now now = {.viewers = 12, .version = "1.2"};
    memset(&m, 0xff, sizeof(m)); // the longest numbers
    size_t len = metrics_write(text, METRICS_TEXT_BYTES, &m, &now, &stats);
    assert_true(len > 0);
    memset(&m, 0, sizeof(m));
    m.refusals[REFUSAL_MEDIA_WEBM] = 5;
    m.drops[SLOW_BASE] = 7;
    metrics_loop_delay(&m, 800);
    metrics_loop_delay(&m, 60000);
    metrics_loop_delay(&m, 5000000);
    len = metrics_write(text, METRICS_TEXT_BYTES, &m, &now, &stats);
    text[len] = '\0';
    assert_non_null(strstr(text, "\ntabcast_viewers 12\n"));
    assert_non_null(strstr(text, "\ntabcast_refusals_total{reason=\"media-webm\"} 5\n"));
    assert_non_null(strstr(text, "\ntabcast_media_messages_dropped_total{stage=\"base\"} 7\n"));
    assert_non_null(strstr(text, "\ntabcast_loop_delay_seconds_bucket{le=\"0.001\"} 1\n"));
    assert_non_null(strstr(text, "\ntabcast_loop_delay_seconds_bucket{le=\"0.1\"} 2\n"));
    assert_non_null(strstr(text, "\ntabcast_loop_delay_seconds_bucket{le=\"+Inf\"} 3\n"));
    assert_non_null(strstr(text, "\ntabcast_recorder_queue_bytes 17\n"));
    // Every sample's family was introduced.
    for (char *at = text; *at;) {
        char *const end = strchr(at, '\n');
        assert_non_null(end);
        *end = '\0';
        assert_true(strncmp(at, "# HELP tabcast_", 15) == 0 ||
                    strncmp(at, "# TYPE tabcast_", 15) == 0 || strncmp(at, "tabcast_", 8) == 0);
        at = end + 1;
    }
    for (unsigned i = 1; i < REFUSAL_COUNT; i++) {
        assert_non_null(refusal_text(i)->label);
        assert_int_equal(strspn(refusal_text(i)->label, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(refusal_text(i)->label));
        for (unsigned j = 1; j < i; j++)
            assert_string_not_equal(refusal_text(i)->label, refusal_text(j)->label);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_lines),
        cmocka_unit_test(json_lines),
        cmocka_unit_test(long_values_are_cut_not_split),
        cmocka_unit_test(metrics_have_help_type_and_every_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

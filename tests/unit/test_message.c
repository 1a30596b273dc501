// SPDX-License-Identifier: MIT
// A message's WebSocket framing at every border of its length forms, and its references across
// threads.
#include "relay/message.h"
#include "shared/limits.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Reads a frame as RFC 6455 5.2 says, independently of the writer.
static size_t read_frame(const struct message *m, uint8_t expected_first, const uint8_t **body) {
    const uint8_t *const b = m->bytes;
    assert_int_equal(b[0], expected_first);
    assert_false(b[1] & 0x80); // a server never masks
    uint64_t len = b[1];
    size_t head_len = 2;
    if (b[1] == 126) {
        len = (uint64_t)b[2] << 8 | b[3];
        assert_true(len >= 126); // shortest form
        head_len = 4;
    } else if (b[1] == 127) {
        len = 0;
        for (int i = 0; i < 8; i++)
            len = len << 8 | b[2 + i];
        assert_true(len > 65535);
        head_len = 10;
    }
    assert_int_equal(m->frame_head_len, head_len);
    assert_int_equal(m->framed_len, head_len + len);
    *body = b + head_len;
    return (size_t)len;
}

static void frames_have_the_shortest_length_form(void **state) {
    (void)state;
    static const size_t lens[] = {16, 17, 125, 126, 127, 65535, 65536, LIMIT_MEDIA_MESSAGE_BYTES};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        const size_t len = lens[i];
        uint8_t *const sent = malloc(len);
        for (size_t k = 0; k < len; k++)
            sent[k] = (uint8_t)(k * 7);
        const struct wire_header header = {
            .kind = WIRE_VIDEO, .flags = WIRE_KEY | WIRE_GAP, .sequence = 7, .timestamp_us = 99};
        struct message *const m = message_create_media(&header, sent, len);
        const uint8_t *body;
        assert_int_equal(read_frame(m, 0x82, &body), len);
        struct wire_header read;
        if (len > WIRE_HEADER_LEN) {
            assert_int_equal(wire_header_read(&read, body, len), WIRE_OK);
            assert_memory_equal(&read, &header, sizeof(header));
        }
        assert_false(m->is_text);
        assert_int_equal(message_payload_len(m), len - WIRE_HEADER_LEN);
        assert_ptr_equal(message_payload(m), body + WIRE_HEADER_LEN);
        assert_memory_equal(body + WIRE_HEADER_LEN, sent + WIRE_HEADER_LEN, len - WIRE_HEADER_LEN);
        message_unref(m);
        free(sent);
    }
}

static void text_is_framed_as_text(void **state) {
    (void)state;
    static const size_t lens[] = {0, 1, 125, 126, 4096, 65536};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        char *const json = malloc(lens[i] + 1);
        memset(json, 'x', lens[i] + 1);
        struct message *const m = message_create_text(json, lens[i]);
        const uint8_t *body;
        assert_int_equal(read_frame(m, 0x81, &body), lens[i]);
        assert_memory_equal(body, json, lens[i]);
        assert_true(m->is_text);
        assert_int_equal(m->header.kind, 0);
        message_unref(m);
        free(json);
    }
}

static void a_copy_with_another_flag_is_one_call(void **state) {
    (void)state;
    const uint8_t body[20] = {WIRE_AUDIO, WIRE_KEY, [16] = 'o', 'p', 'u', 's'};
    struct wire_header header;
    assert_int_equal(wire_header_read(&header, body, sizeof(body)), WIRE_OK);
    struct message *const m = message_create_media(&header, body, sizeof(body));
    header.flags |= WIRE_GAP;
    struct message *const copy = message_create_media(&header, m->bytes + m->frame_head_len,
                                                      m->framed_len - m->frame_head_len);
    assert_int_equal(copy->bytes[copy->frame_head_len + 1], WIRE_KEY | WIRE_GAP);
    assert_int_equal(m->bytes[m->frame_head_len + 1], WIRE_KEY);
    assert_memory_equal(message_payload(copy), message_payload(m), 4);
    message_unref(copy);
    message_unref(m);
}

static void *ref_and_unref(void *message) {
    for (int i = 0; i < 20000; i++)
        message_unref(message_ref(message));
    message_unref(message);
    return NULL;
}

// ASan finds a reference too few, LeakSanitizer one too many, TSan a missing order.
static void the_last_reference_frees_once(void **state) {
    (void)state;
    message_unref(NULL);
    struct message *const m = message_create_text("{}", 2);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ref_and_unref, message_ref(m)), 0);
    message_unref(m);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_have_the_shortest_length_form),
        cmocka_unit_test(text_is_framed_as_text),
        cmocka_unit_test(a_copy_with_another_flag_is_one_call),
        cmocka_unit_test(the_last_reference_frees_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

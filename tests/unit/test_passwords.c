// SPDX-License-Identifier: MIT
#include "relay/passwords.h"
#include "relay/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct told {
    unsigned count;
    bool is_right;
    char hash[LIMIT_PASSWORD_HASH_BYTES + 1];
};
static void on_hash(void *ctx, const char *hash) {
    struct told *const t = ctx;
    t->count++;
    snprintf(t->hash, sizeof(t->hash), "%s", hash ? hash : "");
}
static void on_check(void *ctx, bool is_right) {
    struct told *const t = ctx;
    t->count++;
    t->is_right = is_right;
}

static struct passwords *create(size_t waiting) {
    const struct passwords_config config = {.workers_count = 2, .waiting_count = waiting};
    struct passwords *const p = passwords_create(&config);
    assert_non_null(p);
    return p;
}
static void drain(struct passwords *p) {
    while (passwords_wait(p))
        passwords_poll(p);
}
static bool check(struct passwords *p, const char *hash, const char *password) {
    struct told t = {0};
    assert_true(passwords_check(p, hash, password, on_check, &t));
    assert_int_equal(t.count, 0);
    drain(p);
    assert_int_equal(t.count, 1);
    return t.is_right;
}

static void a_hash_opens_to_its_password_alone(void **state) {
    (void)state;
    struct passwords *const p = create(8);
    struct told a = {0}, b = {0};
    assert_true(passwords_hash(p, "correct horse \xc3\xa9", on_hash, &a));
    assert_true(passwords_hash(p, "correct horse \xc3\xa9", on_hash, &b));
    drain(p);
    assert_int_equal(a.count, 1);
    assert_int_equal(strncmp(a.hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
    assert_string_not_equal(a.hash, b.hash); // a salt of its own
    assert_true(check(p, a.hash, "correct horse \xc3\xa9"));
    assert_false(check(p, a.hash, "correct horse e"));
    assert_false(check(p, a.hash, ""));
    assert_false(check(p, "no hash", "x"));
    assert_false(check(p, NULL, ""));
    passwords_destroy(p);
}

static double seconds_of_five(struct passwords *p, const char *hash) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < 5; i++)
        assert_false(check(p, hash, "wrong password"));
    clock_gettime(CLOCK_MONOTONIC, &b);
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

// Without the work for unknown names the ratio is in the thousands.
static void an_unknown_name_takes_as_long(void **state) {
    (void)state;
    struct passwords *const p = create(8);
    struct told t = {0};
    assert_true(passwords_hash(p, "right password", on_hash, &t));
    drain(p);
    const double known = seconds_of_five(p, t.hash), unknown = seconds_of_five(p, NULL);
    assert_true(known < unknown * 8 && unknown < known * 8);
    passwords_destroy(p);
}

static void the_queue_is_bounded_and_the_end_drains_it(void **state) {
    (void)state;
    struct passwords *const p = create(4);
    struct told t[5] = {0};
    for (unsigned i = 0; i < 4; i++)
        assert_true(passwords_hash(p, "password", on_hash, &t[i]));
    assert_false(passwords_hash(p, "password", on_hash, &t[4]));
    passwords_destroy(p);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(t[i].count, 1);
        assert_true(t[i].hash[0] == '$');
    }
    assert_int_equal(t[4].count, 0);
    passwords_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_opens_to_its_password_alone),
        cmocka_unit_test(an_unknown_name_takes_as_long),
        cmocka_unit_test(the_queue_is_bounded_and_the_end_drains_it),
    };
    return random_start() != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

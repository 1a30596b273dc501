// SPDX-License-Identifier: MIT
// A request and its answer when the answer is made elsewhere, with a real store and without
// sockets.
#include "relay/accounts.h"
#include "relay/exchange.h"
#include "relay/store_sqlite.h"
#include "relay_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/tabcast-exchange-XXXXXX";
static char path[64];
static struct kit kit;
static struct accounts accounts;
static struct api api;
static size_t ready_count;

static void wake(struct exchange *x) { (void)x; }
static void ready(struct exchange *x) {
    (void)x;
    ready_count++;
}

static int setup(void **state) {
    (void)state;
    const struct store_config config = {0};
    const struct accounts_config about = {0};
    char error[STORE_ERROR_BYTES];
    assert_int_equal(random_start(), 0);
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/store.db", dir);
    kit_init(&kit);
    kit.relay.store = store_sqlite_open(&config, path, error);
    assert_non_null(kit.relay.store);
    assert_int_equal(accounts_init(&accounts, &about, kit.relay.store), 0);
    kit.relay.accounts = &accounts;
    api = (struct api){.relay = &kit.relay, .recordings_fd = -1};
    return 0;
}

static int teardown(void **state) {
    (void)state;
    kit.relay.accounts = NULL;
    accounts_close(&accounts);
    store_close(kit.relay.store);
    kit.relay.store = NULL;
    accounts_dispose(&accounts);
    kit_dispose(&kit);
    return unlink(path) | rmdir(dir);
}

// Somebody whose session has ended asks for a new key: the store is asked for the session.
static struct exchange *begin(void) {
    const struct net_http_framing framing = {.version = "HTTP/1.1", .content_length = "0"};
    struct http_request request = {.method = HTTP_POST, .host = "relay.example"};
    snprintf(request.path, sizeof(request.path), "/api/v1/shows/%s/stream-key",
             kit_show(&kit, "A show")->id);
    snprintf(request.address, sizeof(request.address), "192.0.2.9");
    ready_count = 0;
    memset(request.token, 'a', LIMIT_KEY_CHARS);
    return exchange_create(&api, &request, &framing, 0, wake, ready, NULL, kit.now_us);
}

static void settle(void) { store_drain(kit.relay.store); }

static void expect_status(struct exchange *x, uint16_t status) {
    uint8_t scratch[4096];
    struct metrics metrics = {0};
    const uint8_t *bytes = NULL;
    bool is_end = false;
    exchange_settle(x, 1);
    const int64_t len =
        exchange_next(x, &bytes, scratch, sizeof(scratch), &metrics, kit.now_us, &is_end);
    assert_true(len > 12 && is_end);
    assert_int_equal(strtol((const char *)bytes + 9, NULL, 10), status);
}

static void the_end_of_no_body_before_the_answer_asks_nothing(void **state) {
    (void)state;
    struct exchange *const x = begin();
    assert_false(x->is_answered);
    exchange_body_complete(x, kit.now_us);
    settle();
    assert_int_equal(ready_count, 1);
    expect_status(x, 401);
    exchange_destroy(x);
}

// The answer is there but not yet settled, as when it is filled in while the loop reads.
static void the_end_of_no_body_behind_the_answer_asks_nothing(void **state) {
    (void)state;
    struct exchange *const x = begin();
    settle();
    assert_int_equal(ready_count, 1);
    assert_false(x->is_answered);
    exchange_body_complete(x, kit.now_us);
    settle();
    assert_int_equal(ready_count, 1);
    expect_status(x, 401);
    exchange_destroy(x);
}

static void who_is_gone_is_not_answered(void **state) {
    (void)state;
    exchange_destroy(begin());
    settle();
    assert_int_equal(ready_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_no_body_before_the_answer_asks_nothing),
        cmocka_unit_test(the_end_of_no_body_behind_the_answer_asks_nothing),
        cmocka_unit_test(who_is_gone_is_not_answered),
    };
    return cmocka_run_group_tests_name("exchange", tests, setup, teardown);
}

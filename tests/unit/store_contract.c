// SPDX-License-Identifier: MIT
// Of every call: order, bounds, the end; and behind it the other parts.
#include "tests/unit/store_contract.h"

#include "tests/unit/store_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// Writes answered in the order they were made, each once; what is beyond the queue is refused at
// once, and closing answers what waits.
static unsigned order_count;
static void on_nth(void *ctx, enum store_status status, const struct store_show *rows,
                   size_t count) {
    unsigned *const place = ctx;
    assert_int_equal(count, 1);
    assert_non_null(rows);
    assert_int_equal(status, STORE_OK);
    assert_int_equal(*place, 0);
    *place = ++order_count;
}

static void the_queue_is_bounded_and_closing_drains_it(void **state) {
    (void)state;
    enum { PLACES = 100 };
    unsigned places[PLACES] = {0};
    struct store *const s = store_kit_open_empty(PLACES);
    struct store_show show = {.about = {.title = "T"}, .created_us = T0};
    order_count = 0;
    for (unsigned i = 0; i < PLACES; i++) {
        random_id(show.id);
        assert_int_equal(store_show_create(s, &show, NULL, on_nth, &places[i]), STORE_OK);
    }
    random_id(show.id);
    assert_int_equal(store_show_create(s, &show, NULL, on_nth, NULL), STORE_BUSY);
    assert_int_equal(order_count, 0); // nothing before store_poll
    store_close(s);
    for (unsigned i = 0; i < PLACES; i++)
        assert_int_equal(places[i], i + 1);
}

// A callback may call again, also while the store closes.
struct chain {
    struct store *store;
    unsigned calls, refused;
};
static void on_shown_link(void *ctx, enum store_status status, const struct store_show *rows,
                          size_t count);
static void on_link(void *ctx, enum store_status status) {
    struct chain *const c = ctx;
    struct store_show show = {.about = {.title = "T"}};
    assert_int_equal(status, STORE_OK);
    random_id(show.id);
    if (++c->calls < 5 && store_show_create(c->store, &show, NULL, on_shown_link, c) != STORE_OK)
        c->refused++;
}

static void on_shown_link(void *ctx, enum store_status status, const struct store_show *rows,
                          size_t count) {
    (void)rows;
    assert_int_equal(count, 1);
    on_link(ctx, status);
}

static void callbacks_may_call(void **state) {
    (void)state;
    struct store *const s = store_kit_open_empty(1); // the place of what is being answered is free
    struct chain c = {.store = s};
    assert_int_equal(store_expire(s, T0, on_link, &c), STORE_OK);
    store_drain(s);
    assert_int_equal(c.calls, 5);
    c = (struct chain){.store = s};
    assert_int_equal(store_expire(s, T0, on_link, &c), STORE_OK);
    store_close(s);
    assert_int_equal(c.calls, 1);
    assert_int_equal(c.refused, 1);
}

int store_contract_run(const struct store_maker *maker) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_queue_is_bounded_and_closing_drains_it),
        cmocka_unit_test(callbacks_may_call),
    };
    static int (*const parts[])(void) = {
        store_contract_accounts,
        store_contract_ways_in,
        store_contract_shows,
    };
    store_kit_use(maker);
    int failed = cmocka_run_group_tests_name("store contract: every call", tests, NULL, NULL);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        failed += parts[i]();
    return failed;
}

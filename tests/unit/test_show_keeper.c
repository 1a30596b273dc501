// SPDX-License-Identifier: MIT
// Shows over restarts of the relay, with a real store and without sockets.
#include "relay/show_keeper.h"
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

static char dir[] = "/tmp/tabcast-keeper-XXXXXX";
static char path[64];
static struct kit kit;
static struct kit_peer peer;

// The relay begins, over what the store holds; `waiting` calls of it may wait.
static void begin(size_t waiting) {
    const struct store_config config = {.waiting_count = waiting};
    char error[STORE_ERROR_BYTES];
    kit_init(&kit);
    kit.relay.store = store_sqlite_open(&config, path, error);
    assert_non_null(kit.relay.store);
    assert_int_equal(show_restore_all(&kit.relay, kit.now_us), 0);
}

static void settle(void) { store_drain(kit.relay.store); }

// It ends as by SIGKILL: nothing is told to the store any more.
static void cut_off(void) {
    store_close(kit.relay.store);
    kit.relay.store = NULL;
    kit_close(&kit, &peer);
    kit_dispose(&kit);
}

static void on_made(void *ctx, enum store_status status, const struct store_show *rows,
                    size_t count) {
    (void)ctx;
    (void)rows;
    assert_int_equal(count, 1);
    assert_int_equal(status, STORE_OK);
}

// A show that the store knows; kit.key is its key.
static struct show *keep_show(const char *title) {
    struct store_show kept;
    struct show *const show = kit_show(&kit, title);
    show_to_store(&kept, show, 0);
    assert_int_equal(store_show_create(kit.relay.store, &kept, NULL, on_made, NULL), STORE_OK);
    settle();
    return show;
}

static struct show *only_show(void) {
    assert_int_equal(kit.relay.shows.count, 1);
    return kit.relay.shows.by_id[0];
}

static int setup(void **state) {
    (void)state;
    unlink(path);
    return 0;
}

static void a_live_show_waits_for_its_creator_and_its_clock_goes_on(void **state) {
    (void)state;
    begin(0);
    const struct show *const show = keep_show("Live");
    const char *const key = kit.key;
    kit_publish(&kit, &peer, show, key);
    kit_start(&kit, &peer, 0);
    settle();
    const int64_t started_us = show->started_unix_us;
    char kept_key[LIMIT_KEY_CHARS + 1];
    memcpy(kept_key, key, sizeof(kept_key));
    cut_off();

    begin(0); // the kit's clock begins anew, as after a restart of the machine
    kit_tick(&kit, 10000000);
    struct show *const again = only_show();
    assert_string_equal(again->about.title, "Live");
    assert_int_equal(again->state, SHOW_RECONNECTING);
    assert_int_equal(again->started_unix_us, started_us);
    assert_non_null(again->room);
    kit_publish(&kit, &peer, again, kept_key);
    assert_int_equal((int64_t)room_media_time_us(again->room, kit.now_us),
                     relay_unix_us(&kit.relay, kit.now_us) - started_us);
    kit_start(&kit, &peer, 20000);
    assert_int_equal(again->state, SHOW_LIVE);
    settle();
    cut_off();

    begin(0);
    assert_int_equal(only_show()->state, SHOW_RECONNECTING);
    cut_off();
}

static void a_creator_who_does_not_come_back_ends_the_show(void **state) {
    (void)state;
    begin(0);
    const struct show *const show = keep_show("Left");
    kit_publish(&kit, &peer, show, kit.key);
    kit_start(&kit, &peer, 0);
    settle();
    cut_off();
    begin(0);
    kit_tick(&kit, LIMIT_PUBLISHER_AWAY_US - 1000000);
    assert_int_equal(only_show()->state, SHOW_RECONNECTING);
    kit_tick(&kit, 2000000);
    assert_int_equal(only_show()->state, SHOW_ENDED);
    settle();
    cut_off();
    begin(0);
    assert_int_equal(kit.relay.shows.count, 0);
    cut_off();
}

static void what_the_store_could_not_take_is_told_again(void **state) {
    (void)state;
    begin(1);
    struct show *const first = keep_show("First"), *const second = keep_show("Second");
    first->state = second->state = SHOW_ENDED;
    show_save(&kit.relay, first, kit.now_us);
    show_save(&kit.relay, second, kit.now_us); // no place
    assert_false(first->is_unsaved);
    assert_true(second->is_unsaved);
    settle();
    kit_tick(&kit, 2000000);
    assert_false(second->is_unsaved);
    assert_int_equal(kit.relay.unsaved_count, 0);
    settle();
    cut_off();
    begin(0);
    assert_int_equal(kit.relay.shows.count, 0);
    cut_off();
}

static void a_forgotten_show_is_forgotten_by_the_store(void **state) {
    (void)state;
    begin(0);
    keep_show("Never started");
    cut_off();
    begin(0);
    assert_int_equal(only_show()->state, SHOW_SCHEDULED);
    shows_forget_old(&kit.relay.shows, kit.now_us + LIMIT_SHOW_IDLE_US + 1);
    settle();
    cut_off();
    begin(0);
    assert_int_equal(kit.relay.shows.count, 0);
    cut_off();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_live_show_waits_for_its_creator_and_its_clock_goes_on, setup),
        cmocka_unit_test_setup(a_creator_who_does_not_come_back_ends_the_show, setup),
        cmocka_unit_test_setup(what_the_store_could_not_take_is_told_again, setup),
        cmocka_unit_test_setup(a_forgotten_show_is_forgotten_by_the_store, setup),
    };
    if (random_start() != 0 || !mkdtemp(dir))
        return 1;
    snprintf(path, sizeof(path), "%s/store.db", dir);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(dir);
    return failed;
}

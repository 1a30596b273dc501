// SPDX-License-Identifier: MIT
// Those inside rooms when an account is banned, signs out, gets another role or another name, or
// when the show's door changes: who goes, with which code, who stays and as whom. Members come in
// by real tokens of a real store.
#include "live_room.h"
#include "relay/accounts.h"
#include "relay/errands.h"
#include "relay/insiders.h"
#include "relay/presence.h"
#include "relay/session_door.h"
#include "relay/show_door.h"
#include "relay/store_sqlite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FAR_US 4000000000000000LL

static char dir[] = "/tmp/tabcast-insiders-XXXXXX";
static char path[64];
static struct accounts accounts; // that there are any is all that is asked
static struct store_account members[2];

static void on_account(void *ctx, enum store_status status, const struct store_account *account,
                       bool is_known_address) {
    (void)is_known_address;
    assert_int_equal(status, STORE_OK);
    *(struct store_account *)ctx = *account;
}
static void on_done(void *ctx, enum store_status status) {
    (void)ctx;
    assert_int_equal(status, STORE_OK);
}

static void drain(void) { store_drain(kit.relay.store); }

static void make_member(struct store_account *out, const char *name, const char *display_name) {
    struct store_account account = {.created_us = 1, .role = ROLE_MEMBER};
    random_id(account.id);
    snprintf(account.name, sizeof(account.name), "%s", name);
    snprintf(account.canonical, sizeof(account.canonical), "%s", name);
    snprintf(account.display_name, sizeof(account.display_name), "%s", display_name);
    assert_int_equal(store_account_create(kit.relay.store, &account, NULL, on_account, out),
                     STORE_OK);
    drain();
}

static int setup(void **state) {
    struct store_account first = {0};
    char error[STORE_ERROR_BYTES];
    const struct store_config config = {0};
    live_room_setup(state);
    unlink(path);
    kit.relay.store = store_sqlite_open(&config, path, error);
    kit.relay.accounts = &accounts;
    assert_non_null(kit.relay.store);
    make_member(&first, "first", "First"); // the first of all becomes admin
    make_member(&members[0], "ann", "Ann A.");
    make_member(&members[1], "ben", "Ben B.");
    return 0;
}

static int teardown(void **state) {
    store_close(kit.relay.store);
    kit.relay.store = NULL;
    return live_room_teardown(state);
}

// A session of the account; its token is left in `token`.
static struct store_session sign_in(const struct store_account *account,
                                    char token[LIMIT_KEY_CHARS + 1]) {
    struct store_session session = {.created_us = 1, .expires_us = FAR_US};
    random_key(token);
    random_id(session.id);
    secret_hash(session.token_hash, token);
    memcpy(session.account_id, account->id, sizeof(session.account_id));
    assert_int_equal(store_session_create(kit.relay.store, &session, on_done, NULL), STORE_OK);
    drain();
    return session;
}

static void say_hello(struct kit_peer *p, const struct show *show, const char *token) {
    char bearer[LIMIT_KEY_CHARS + 16];
    snprintf(bearer, sizeof(bearer), "Bearer %s", token);
    kit_open(&kit, p);
    session_door_bring(p->session, bearer, "");
    kit_say(&kit, p, "{\"type\":\"hello\",\"version\":1,\"role\":\"watch\",\"show\":\"%s\"}",
            show->id);
}

// By a session of its own; its id.
static struct store_session come_in(struct kit_peer *p, const struct show *show,
                                    const struct store_account *account) {
    char token[LIMIT_KEY_CHARS + 1];
    const struct store_session session = sign_in(account, token);
    say_hello(p, show, token);
    drain();
    kit_pull(&kit, p, 0);
    return session;
}

static struct show *show_of(const struct store_account *account) {
    struct show *const show = live_show();
    memcpy(show->account_id, account->id, sizeof(show->account_id));
    memcpy(show->creator_name, account->name, sizeof(account->name));
    memcpy(show->creator_display_name, account->display_name, sizeof(account->display_name));
    return show;
}

static void invite(struct show *show, const char *names) {
    const struct show_about before = show->about;
    show->about.visibility = SHOW_PRIVATE;
    snprintf(show->about.invited, sizeof(show->about.invited), "%s", names);
    assert_true(show_door_differs(&before, &show->about));
    insiders_door_changed(show->room, kit.now_us);
}

static void a_banned_viewer_is_closed_and_nobody_else(void **state) {
    (void)state;
    struct show *const show = show_of(&members[0]);
    come_in(&ann, show, &members[1]);
    kit_watch(&kit, &bob, show);
    kit_pull(&kit, &pub, 0);
    errands_ban(&kit.relay, members[1].id, kit.now_us);
    assert_closed(&ann, 4010, "\"code\":\"banned\"");
    assert_int_equal(kit.relay.metrics.refusals[REFUSAL_BANNED], 1);
    kit_send_video(&kit, &pub, 1000, WIRE_KEY, 0, 90); // nothing for it any more
    assert_int_equal(kit_count_kind(&ann, WIRE_VIDEO), 0);
    assert_closed(&bob, 0, NULL);
    assert_int_equal(kit_count_kind(&bob, WIRE_VIDEO), 1);
    kit_close(&kit, &ann);
    kit_pull(&kit, &pub, 0);
    assert_non_null(kit_text(&pub, "\"type\":\"leave\"", 0));
    assert_int_equal(show->state, SHOW_LIVE);
}

static void a_banned_creator_is_told_so_and_the_show_ends(void **state) {
    (void)state;
    struct show *const show = show_of(&members[0]);
    kit_watch(&kit, &bob, show);
    errands_ban(&kit.relay, members[0].id, kit.now_us);
    assert_closed(&pub, 4010, "\"code\":\"banned\"");
    assert_closed(&bob, 1000, "\"state\":\"ended\"");
    assert_null(kit_text(&bob, "reconnecting", 0));
    assert_int_equal(show->state, SHOW_ENDED);
}

static void who_signs_out_stays_as_a_guest(void **state) {
    (void)state;
    struct show *const show = show_of(&members[0]);
    char before[LIMIT_ID_CHARS + 1];
    const struct store_session one = come_in(&ann, show, &members[1]);
    come_in(&bob, show, &members[1]); // another browser
    memcpy(before, ann.session->id, sizeof(before));
    kit_pull(&kit, &pub, 0);
    kit_forget(&pub);
    kit_forget(&ann);
    insiders_signed_out(&kit.relay, members[1].id, one.id, "", kit.now_us);
    assert_closed(&ann, 0, "\"type\":\"you\"");
    assert_null(kit_text(&ann, "\"account\"", 0));
    assert_non_null(kit_text(&ann, "\"name\":\"Guest ", 0));
    assert_string_not_equal(ann.session->id, before);
    assert_null(ann.session->member);
    assert_non_null(bob.session->member);
    kit_pull(&kit, &pub, 0);
    const char *const left = kit_text(&pub, "\"type\":\"leave\"", 0);
    assert_non_null(left);
    assert_non_null(strstr(left, "\"account\":\"ben\""));
    const char *const came = kit_text(&pub, "\"type\":\"join\"", 0);
    assert_non_null(came);
    assert_null(strstr(came, "account"));

    // Everywhere but here.
    kit_forget(&bob);
    insiders_signed_out(&kit.relay, members[1].id, "", bob.session->member->session_id, kit.now_us);
    assert_non_null(bob.session->member);
    insiders_signed_out(&kit.relay, members[1].id, "", one.id, kit.now_us);
    assert_null(bob.session->member);
    assert_closed(&pub, 0, NULL);
}

static void who_signs_out_of_a_private_show_is_closed(void **state) {
    (void)state;
    struct show *const show = show_of(&members[0]);
    const struct store_session one = come_in(&ann, show, &members[1]);
    invite(show, " ben ");
    assert_closed(&ann, 0, NULL);
    insiders_signed_out(&kit.relay, members[1].id, one.id, "", kit.now_us);
    assert_closed(&ann, 4002, "\"code\":\"not-found\"");
}

static void a_new_door_closes_those_it_does_not_open_to(void **state) {
    (void)state;
    struct show *const show = show_of(&members[0]);
    kit_watch(&kit, &bob, show);
    come_in(&ann, show, &members[1]);
    invite(show, " ben ");
    assert_closed(&bob, 4002, NULL);
    assert_closed(&ann, 0, NULL);
    assert_closed(&pub, 0, NULL);
    kit_close(&kit, &bob);
    come_in(&bob, show, &members[0]); // its creator, in another tab
    invite(show, " carl ");
    assert_closed(&ann, 4002, NULL);
    assert_closed(&bob, 0, NULL);
    // A password instead: who did not say it may know of the show.
    kit_close(&kit, &ann);
    invite(show, " ben ");
    come_in(&ann, show, &members[1]);
    show->about.visibility = SHOW_PASSWORD;
    insiders_door_changed(show->room, kit.now_us);
    assert_closed(&ann, 4009, "\"code\":\"locked\"");
    assert_closed(&bob, 0, NULL);
}

static void a_role_counts_at_once(void **state) {
    (void)state;
    struct show *const show = show_of(&members[0]);
    come_in(&ann, show, &members[1]);
    insiders_have_role(&kit.relay, members[1].id, ROLE_ADMIN, kit.now_us);
    invite(show, " carl ");
    assert_closed(&ann, 0, NULL);
    insiders_have_role(&kit.relay, members[1].id, ROLE_MODERATOR, kit.now_us);
    assert_closed(&ann, 4009, NULL);
}

static void who_slips_in_meanwhile_is_looked_up_again(void **state) {
    (void)state;
    struct show *const show = show_of(&members[0]);
    char token[LIMIT_KEY_CHARS + 1];
    const struct store_session one = sign_in(&members[1], token);
    invite(show, " ben ");
    say_hello(&ann, show, token);
    drain(); // the store has said yes, and its loop has not gone on yet
    assert_true(session_door_is_ready(ann.session));
    assert_int_equal(store_session_delete(kit.relay.store, members[1].id, one.id, on_done, NULL),
                     STORE_OK);
    drain();
    insiders_signed_out(&kit.relay, members[1].id, one.id, "", kit.now_us);
    kit_pull(&kit, &ann, 0);
    assert_true(session_door_waits(ann.session));
    drain();
    assert_closed(&ann, 4002, NULL);
}

static void a_new_name_is_shown_at_once(void **state) {
    (void)state;
    struct show *const show = live_show();
    memcpy(show->account_id, members[0].id, sizeof(show->account_id));
    memcpy(show->creator_display_name, members[0].display_name, sizeof(members[0].display_name));
    come_in(&ann, show, &members[1]);
    come_in(&bob, show, &members[1]);
    kit_say(&kit, &bob, "{\"type\":\"name\",\"name\":\"Benny\"}"); // a name of its own stays
    kit_pull(&kit, &pub, 0);
    kit_forget(&pub);
    kit_forget(&ann);
    struct store_account renamed = members[1];
    presence_rename_account(&kit.relay, &renamed, kit.now_us); // the same one: nothing is said
    kit_pull(&kit, &ann, 0);
    assert_null(kit_text(&ann, "\"type\":\"you\"", 0));
    snprintf(renamed.display_name, sizeof(renamed.display_name), "Benedict");
    presence_rename_account(&kit.relay, &renamed, kit.now_us);
    kit_pull(&kit, &ann, 0);
    kit_pull(&kit, &pub, 0);
    const char *const you = kit_text(&ann, "\"type\":\"you\"", 0);
    assert_non_null(you);
    assert_non_null(strstr(you, "\"name\":\"Benedict\",\"account\":\"ben\""));
    const char *const told = kit_text(&pub, "\"type\":\"join\"", 0);
    assert_non_null(told);
    assert_non_null(strstr(told, ann.session->id));
    assert_null(kit_text(&pub, "\"type\":\"join\"", 1));
    assert_string_equal(bob.session->name, "Benny");
    kit_say(&kit, &ann, "{\"type\":\"chat\",\"text\":\"hi\"}");
    kit_pull(&kit, &bob, 0);
    assert_non_null(strstr(kit_text(&bob, "\"type\":\"chat\"", 0), "\"name\":\"Benedict\""));
}

static void a_new_picture_is_told_where_its_account_is_seen(void **state) {
    (void)state;
    struct show *const show = show_of(&members[0]);
    come_in(&ann, show, &members[1]);
    kit_watch(&kit, &bob, show);
    presence_renew_face(&kit.relay, &members[1], kit.now_us);
    kit_pull(&kit, &bob, 0);
    assert_non_null(kit_text(&bob, "\"type\":\"face\",\"account\":\"ben\",\"version\":1800000", 0));
    presence_show_account(&kit.relay, members[1].id, true, kit.now_us);
    presence_renew_face(&kit.relay, &members[1], kit.now_us);
    kit_pull(&kit, &bob, 0);
    assert_null(kit_text(&bob, "\"type\":\"face\"", 1)); // would tell that it is here
    presence_renew_face(&kit.relay, &members[0], kit.now_us);
    kit_pull(&kit, &bob, 0);
    assert_non_null(kit_text(&bob, "\"account\":\"ann\"", 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_banned_viewer_is_closed_and_nobody_else),
        TEST(a_banned_creator_is_told_so_and_the_show_ends),
        TEST(who_signs_out_stays_as_a_guest),
        TEST(who_signs_out_of_a_private_show_is_closed),
        TEST(a_new_door_closes_those_it_does_not_open_to),
        TEST(a_role_counts_at_once),
        TEST(who_slips_in_meanwhile_is_looked_up_again),
        TEST(a_new_name_is_shown_at_once),
        TEST(a_new_picture_is_told_where_its_account_is_seen),
    };
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof(path), "%s/store.db", dir);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        char name[80];
        snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        unlink(name);
    }
    rmdir(dir);
    return failed;
}

// SPDX-License-Identifier: MIT
// One request to the API on its way through a route: what was asked, and where the answer goes.
// Routes (api.c) are functions of it. Under the relay's lock.
#ifndef TABCAST_RELAY_API_CALL_H
#define TABCAST_RELAY_API_CALL_H

#include "relay/api.h"

struct call {
    struct api *api;
    const struct http_request *request;
    const char *body;
    size_t body_len;
    void (*wake)(struct viewer *v);
    void *conn;
    uint64_t now_us;
    char id[PATH_WORD_BYTES]; // what stands for ID or NAME in the route's pattern
    struct http_response *out;
};

// account_api.c
void account_create(struct call *c);
void account_get_own(struct call *c);
void account_change_password(struct call *c);
void account_change_own(struct call *c);
void account_get(struct call *c);
// webpush_api.c
void push_get_key(struct call *c);
void push_subscribe(struct call *c);
void push_unsubscribe(struct call *c);
// openid_api.c
void openid_sign_in_begin(struct call *c);
void openid_sign_in(struct call *c);
// openid_link_api.c
void openid_link_get(struct call *c);
void openid_link_begin(struct call *c);
void openid_link(struct call *c);
void openid_link_end(struct call *c);
// settings_api.c
void settings_get(struct call *c);
void settings_change(struct call *c);
// face_api.c
void face_get(struct call *c);
void face_set(struct call *c);
void face_end(struct call *c);
// second_factor_api.c
void second_factor_get(struct call *c);
void second_factor_begin(struct call *c);
void second_factor_confirm(struct call *c);
void second_factor_off(struct call *c);
// email_api.c
void email_get(struct call *c);
void email_set(struct call *c);
void email_send_again(struct call *c);
void email_end(struct call *c);
void email_confirm(struct call *c);
// reset_mail_api.c
void password_mail(struct call *c);
// invitation_api.c
void invitation_create(struct call *c);
void invitation_list(struct call *c);
void invitation_end(struct call *c);
// reset_api.c
void password_reset(struct call *c);
// admin_api.c
void admin_account_list(struct call *c);
void admin_account_change(struct call *c);
void admin_account_reset(struct call *c);
// admin_site.c
void admin_overview(struct call *c);
void admin_show_list(struct call *c);
void admin_replay_list(struct call *c);
void replay_end(struct call *c);
// session_api.c
void session_create_for(struct call *c);
void session_list_own(struct call *c);
void session_get_current(struct call *c);
void session_end_all(struct call *c);
void session_end_current(struct call *c);
void session_end_one(struct call *c);

// show_api.c
void show_create(struct call *c);
void show_change(struct call *c);
void show_cancel(struct call *c);
void show_restore(struct call *c);
void show_new_key(struct call *c);
// show_over.c
void show_change_over(struct call *c);
// replay_api.c
void replay_discard(struct call *c);
void replay_restore(struct call *c);
// cover_api.c
void cover_set(struct call *c);
void cover_end(struct call *c);
void cover_get(struct call *c);
// show_see.c
void show_get(struct call *c);
void show_pass_create(struct call *c);
// show_lists.c
void show_list(struct call *c);
// follow_api.c
void follow_create(struct call *c);
void follow_list(struct call *c);
void follow_end(struct call *c);
void reminder_create(struct call *c);
void reminder_end(struct call *c);
void notification_list(struct call *c);
void notifications_read(struct call *c);
// feed_api.c
void feed_show_calendar(struct call *c);
void feed_calendar(struct call *c);
void feed_rss(struct call *c);

#endif

// SPDX-License-Identifier: MIT
// Fan-out: a room's new messages to all its viewers on this loop, before the loop sleeps. Whoever
// is in step (branch.h) gets the same run of bytes by one push; the library is asked only when a
// socket did not take it all: it gets the rest of that message, so that no control frame of its own
// falls into it, and the viewer goes on by itself. While the library keeps bytes of a connection
// (lws_partial_buffered) nothing is pushed to it.
#include "relay/net_lws_loop.h"

#include "relay/room.h"
#include "relay/session.h"
#include <errno.h>

void loop_call(struct loop *l) {
    atomic_store_explicit(&l->is_called, true, memory_order_relaxed);
    if (!pthread_equal(pthread_self(), l->thread))
        ev_async_send(l->ev, &l->notified);
}

void wake_ws(void *conn) {
    struct ws_conn *const c = conn;
    if (!c)
        return; // an encoder elsewhere is asked by its own timer (net_lws_ingest.c)
    struct loop *const l = loop_of(c->wsi);
    ready_list_add(&l->ready, &c->ready);
    loop_call(l);
}

void wake_branch(struct branch *b) {
    struct net *const n = b->room->relay->net;
    struct loop *const l = &n->loops[b->loop];
    ready_list_add(&l->news, &b->news);
    loop_call(l);
}

void forget_branch(struct branch *b) {
    struct net *const n = b->room->relay->net;
    ready_list_remove(&n->loops[b->loop].news, &b->news);
}

static struct bundle_end start_of(const struct loop *l) {
    return (struct bundle_end){0, l->span.texts_at, l->span.media_at};
}

static void leave_step(struct ws_conn *c, const struct bundle_end *at) {
    branch_leave_step(&c->session->viewer, at->texts_at, at->media_at);
}

void push_fell_short(void *ctx, void *peer, int64_t taken) {
    struct loop *const l = ctx;
    struct ws_conn *const c = peer;
    const struct bundle *const b = &l->bundles[c->session->viewer.rendition];
    const size_t sent = taken > 0 ? (size_t)taken : 0;
    const unsigned in = bundle_stopped_in(b, sent);
    struct bundle_end at = in ? b->ends[in - 1] : start_of(l);
    unsigned given = in;
    if (taken < 0 && taken != -EAGAIN && taken != -EINTR) {
        cut_ws(c);
    } else if (sent > at.end) { // in the middle of a message: the library has the rest
        at = b->ends[in];
        given = in + 1;
        if (lws_write(c->wsi, (uint8_t *)(uintptr_t)b->bytes + sent, at.end - sent,
                      LWS_WRITE_HTTP) < 0)
            cut_ws(c);
    }
    leave_step(c, &at);
    c->is_choked = true;
    lws_callback_on_writable(c->wsi);
    struct bundle_sum missing = {0};
    bundle_add_up(&missing, b, &l->span, b->count, 1);
    l->pushed.text_count -= missing.text_count;
    l->pushed.text_bytes -= missing.text_bytes;
    l->pushed.media_count -= missing.media_count;
    l->pushed.media_bytes -= missing.media_bytes;
    bundle_add_up(&l->pushed, b, &l->span, given, 1);
}

// Under TLS the library encrypts: one write for the whole run; what the socket does not take it
// keeps.
static void push_secure(struct ws_conn *c, const struct bundle *b) {
    if (lws_write(c->wsi, (uint8_t *)(uintptr_t)b->bytes, b->len, LWS_WRITE_HTTP) < 0)
        cut_ws(c);
}

static void push_one(struct loop *l, struct viewer *v, uint64_t counts[]) {
    struct ws_conn *const c = session_of_viewer(v)->conn;
    struct bundle *const b = &l->bundles[v->rendition];
    if (!counts[v->rendition] && !bundle_make(b, &l->span, v->rendition))
        b->len = SIZE_MAX; // too long: each takes it message by message
    if (c->is_cut || c->is_leaving || lws_partial_buffered(c->wsi) || b->len == SIZE_MAX) {
        const struct bundle_end at = start_of(l);
        leave_step(c, &at);
        lws_callback_on_writable(c->wsi);
        return;
    }
    counts[v->rendition]++;
    if (!b->len)
        return;
    if (c->is_secure)
        push_secure(c, b);
    else
        push_add(l->push, c->fd, b->bytes, b->len, c);
}

static void push_span(struct loop *l, struct branch *b) {
    uint64_t counts[LIMIT_RENDITIONS_COUNT] = {0};
    for (uint32_t i = 0; i < b->count; i++)
        if (b->viewers[i]->is_in_step)
            push_one(l, b->viewers[i], counts);
    push_finish(l->push);
    for (unsigned r = 0; r < LIMIT_RENDITIONS_COUNT; r++)
        if (counts[r])
            bundle_add_up(&l->pushed, &l->bundles[r], &l->span, l->bundles[r].count, counts[r]);
    span_dispose(&l->span);
}

static void count_pushed(struct loop *l) {
    struct metrics *const m = &l->relay->metrics;
    m->text_messages_out += l->pushed.text_count;
    m->text_bytes_out += l->pushed.text_bytes;
    m->media_messages_out += l->pushed.media_count;
    m->media_bytes_out += l->pushed.media_bytes;
    l->pushed = (struct bundle_sum){0};
}

// Those who go by themselves pull; a choked socket says when it is ready.
static void wake_others(struct branch *b) {
    for (uint32_t i = 0; i < b->count; i++)
        if (!b->viewers[i]->is_in_step)
            b->viewers[i]->wake(b->viewers[i]);
}

static uint64_t sound_waits_us(const struct loop *l) {
    const enum net_ride ride = l->net->config.ride;
    if (ride == NET_RIDE_ALWAYS || (ride == NET_RIDE_AUTO && l->busy.is_busy))
        return LIMIT_RIDE_US;
    if (ride != NET_RIDE_AUTO || !l->busy.is_crowded)
        return 0;
    const uint64_t waits_us =
        LIMIT_RIDE_CROWDED_US * l->busy.heard_per_second / LIMIT_RIDE_CROWDED_PER_SECOND;
    return waits_us < LIMIT_RIDE_CROWDED_US ? waits_us : LIMIT_RIDE_CROWDED_US;
}

// The branch stays on the list of news until its sound has gone.
static void wait_for_picture(struct loop *l, uint64_t due_us, uint64_t now_us) {
    const double wait_s = (double)(due_us - now_us) / 1e6;
    if (ev_is_active(&l->ride) && ev_timer_remaining(l->ev, &l->ride) <= wait_s)
        return;
    ev_timer_stop(l->ev, &l->ride);
    ev_timer_set(&l->ride, wait_s, 0);
    ev_timer_start(l->ev, &l->ride);
}

void on_ride_over(struct ev_loop *ev, ev_timer *timer, int events) {
    struct loop *const l = timer->data;
    (void)ev;
    (void)events;
    atomic_store_explicit(&l->is_called, true,
                          memory_order_relaxed); // served before the next sleep
}

void push_news(struct loop *l) {
    struct ready_list riding = {0};
    const uint64_t now_us = net_now_us();
    while (l->news.first) {
        struct branch *const b = lws_container_of(l->news.first, struct branch, news);
        uint64_t due_us = 0;
        ready_list_remove(&l->news, &b->news);
        const enum branch_news news = branch_take(b, &l->span, sound_waits_us(l), now_us, &due_us);
        if (news == BRANCH_RIDES) {
            ready_list_add(&riding, &b->news);
            wait_for_picture(l, due_us, now_us);
            continue;
        }
        if (news == BRANCH_SPAN) {
            loop_unlock(l);
            push_span(l, b);
            loop_lock(l);
            count_pushed(l);
        }
        wake_others(b);
    }
    l->news = riding;
}

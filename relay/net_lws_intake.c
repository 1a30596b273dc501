// SPDX-License-Identifier: MIT
// Every byte of a client is looked over before libwebsockets reads it: request heads by
// head_check.h, from the upgrade on frames by frame_check.h. The library has no hook there, so its
// two ways to read, recv() and SSL_read(), come here first: the program's own symbol stands in
// front of the shared library's (docs/decisions/0017-front-of-the-library.md). Sockets that are not
// a loop's connections pass untouched. Each loop keeps a table by descriptor, used by its thread
// alone.
//
// The library gets one request at a time: with a second one at hand it asks for its turn without
// end while the answer to the first waits for the socket, and the loop never sleeps.
#include "relay/net_lws_loop.h"

#include "relay/session.h"
#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// A refused request's connection is borne so long, for the answer to be read.
#define FAREWELL_S 2
// Reads in one go of what is forgotten; then the others get their turn.
#define FORGET_COUNT 16
#define BLOCK_COUNT 64
// So often a request whose turn has come is shown to the library, until it looks.
#define TURN_S 0.002

// 40 bytes, of which every idle viewer pays one.
struct intake {
    struct lws *wsi; // NULL until adopted
    uint64_t address;
    union {
        struct head_check head;
        struct frame_check frames;
    };
    uint16_t begun_count; // requests whose head the library has read, modulo 2^16
    uint8_t head_fault;   // why, if not
    uint8_t frame_fault;  // this
    bool is_open : 1;
    bool is_secure : 1;
    bool are_frames : 1;
    bool is_upgraded : 1; // the library's user data is a ws_conn
    bool is_refused : 1;  // nothing more is read
    bool is_told : 1;
    bool has_ahead : 1;  // of the loop's
    bool is_flooded : 1; // too much came ahead of its time: the connection ends with this answer
};

// Requests that came before the answer to an earlier one was out. Seldom: nobody but tests and
// attacks sends them.
struct ahead {
    struct ahead *next; // of the loop's
    struct intake *of;
    size_t len;
    uint8_t bytes[LIMIT_HTTP_HEAD_BYTES];
};

static_assert(sizeof(struct intake) <= 40, "what an idle viewer costs");

// Of so many descriptors that follow each other; made when the first of them comes.
struct intake_block {
    struct intake all[BLOCK_COUNT];
};

// The names under which the library finds them.
ssize_t intake_recv(int fd, void *out, size_t cap, int flags) __asm__("recv");
int intake_tls_read(SSL *tls, void *out, int cap) __asm__("SSL_read");

static _Thread_local struct loop *serving; // whose connections this thread reads

static struct intake *intake_of(const struct loop *l, int fd) {
    if (!l || fd < 0 || (size_t)fd / BLOCK_COUNT >= l->intake_block_count)
        return NULL;
    struct intake_block *const block = l->intake_blocks[fd / BLOCK_COUNT];
    return block && block->all[fd % BLOCK_COUNT].is_open ? &block->all[fd % BLOCK_COUNT] : NULL;
}

static struct intake *intake_of_wsi(struct lws *wsi) {
    return intake_of(loop_of(wsi), (int)(intptr_t)lws_get_opaque_user_data(wsi));
}

// --- Refusing

static enum refusal refusal_of(enum frame_fault fault) {
    static const enum refusal refusals[FRAME_FAULT_COUNT] = {
        [FRAME_FINE] = REFUSAL_NONE,           [FRAME_UNMASKED] = REFUSAL_FRAME_UNMASKED,
        [FRAME_LENGTH] = REFUSAL_FRAME_LENGTH, [FRAME_BITS] = REFUSAL_FRAME_BITS,
        [FRAME_ORDER] = REFUSAL_FRAME_ORDER,
    };
    return refusals[fault];
}

static void tell_ws(struct intake *i) {
    struct ws_conn *const c = lws_wsi_user(i->wsi);
    struct loop *const l = loop_of(i->wsi);
    i->is_told = true;
    c->is_deaf = true;
    loop_lock(l);
    session_refuse(c->session, refusal_of(i->frame_fault), net_now_us());
    loop_unlock(l);
}

static void tell_http(struct loop *l, struct intake *i) {
    struct http_response r;
    const unsigned status = head_fault_status(i->head_fault);
    i->is_told = true;
    loop_lock(l);
    l->relay->metrics.heads_refused[i->head_fault]++;
    loop_unlock(l);
    http_response_init(&r);
    http_problem(&r, (uint16_t)status, status == 431 ? "Header too large" : "Bad request",
                 head_fault_sentence(i->head_fault));
    r.closes = true;
    http_answer_at_once(i->wsi, &r);
    lws_set_timeout(i->wsi, PENDING_TIMEOUT_HTTP_CONTENT, FAREWELL_S);
    if (lws_partial_buffered(i->wsi))
        return;
    if (i->is_secure)
        (void)SSL_shutdown(lws_get_ssl(i->wsi));
    (void)shutdown(lws_get_socket_fd(i->wsi), SHUT_WR);
}

static bool has_answer_under_way(struct intake *i) {
    const struct http_conn *const c = lws_wsi_user(i->wsi);
    return (c && (c->exchange || c->ingest)) || lws_partial_buffered(i->wsi);
}

// What stood before the fault in the same read is answered first, and that answer's end comes here
// again (intake_answer_refused, intake_upgraded).
static void refuse(struct loop *l, struct intake *i) {
    i->is_refused = true;
    if (i->is_upgraded)
        tell_ws(i);
    else if (!i->are_frames && i->begun_count == i->head.count && !has_answer_under_way(i))
        tell_http(l, i);
}

// --- Requests ahead of their time

static struct ahead **find_ahead(struct loop *l, const struct intake *i) {
    struct ahead **at = &l->aheads;
    while (*at && (*at)->of != i)
        at = &(*at)->next;
    return at;
}

static void drop_ahead(struct loop *l, struct intake *i) {
    if (!i->has_ahead)
        return;
    struct ahead **const at = find_ahead(l, i);
    struct ahead *const a = *at;
    *at = a->next;
    i->has_ahead = false;
    free(a);
}

static void keep_ahead(struct loop *l, struct intake *i, const uint8_t *bytes, size_t len) {
    if (!i->has_ahead && !i->is_flooded) {
        struct ahead *const a = malloc(sizeof(*a));
        if (a) {
            a->next = l->aheads;
            a->of = i;
            a->len = 0;
            l->aheads = a;
            i->has_ahead = true;
        }
    }
    struct ahead *const a = i->has_ahead ? *find_ahead(l, i) : NULL;
    if (!a || len > sizeof(a->bytes) - a->len) {
        drop_ahead(l, i);
        i->is_flooded = true;
        return;
    }
    memcpy(a->bytes + a->len, bytes, len);
    a->len += len;
}

// What comes now belongs to requests that have to wait.
static bool is_early(struct intake *i) {
    return i->is_flooded ||
           (!i->are_frames && head_check_is_between(&i->head) && has_answer_under_way(i));
}

// What waited is looked at in its turn; 0: nothing did.
static size_t take_ahead(struct loop *l, struct intake *i, void *out, size_t cap) {
    if (!i->has_ahead)
        return 0;
    struct ahead *const a = *find_ahead(l, i);
    const size_t len = a->len < cap ? a->len : cap;
    memcpy(out, a->bytes, len);
    a->len -= len;
    memmove(a->bytes, a->bytes + len, a->len);
    if (!a->len)
        drop_ahead(l, i);
    return len;
}

// Not at once: the library forgets what is fed to a socket while it serves it, and may do so once
// more when it had to write; so until it has been read.
static void on_turn(struct ev_loop *ev, ev_timer *timer, int events) {
    struct loop *const l = timer->data;
    bool is_read = true;
    (void)events;
    for (const struct ahead *a = l->aheads; a; a = a->next)
        if (!is_early(a->of)) {
            ev_feed_fd_event(ev, lws_get_socket_fd(a->of->wsi), EV_READ);
            is_read = false;
        }
    if (is_read)
        return;
    ev_timer_set(timer, TURN_S, 0);
    ev_timer_start(ev, timer);
}

void intake_go_on(struct lws *wsi) {
    const struct intake *const i = intake_of_wsi(wsi);
    struct loop *const l = loop_of(wsi);
    if (!i || !i->has_ahead || ev_is_active(&l->turn))
        return;
    ev_timer_init(&l->turn, on_turn, 0, 0);
    l->turn.data = l;
    ev_timer_start(l->ev, &l->turn);
}

// --- Looking

static size_t look_at_frames(struct loop *l, struct intake *i, const uint8_t *bytes, size_t len) {
    unsigned control_count;
    enum frame_fault fault;
    const size_t good = frame_check_take(&i->frames, bytes, len, &control_count, &fault);
    i->frame_fault = (uint8_t)fault;
    if (control_count && i->is_upgraded) {
        struct ws_conn *const c = lws_wsi_user(i->wsi);
        loop_lock(l);
        c->is_deaf = !session_control(c->session, control_count, net_now_us());
        loop_unlock(l);
        if (c->is_deaf) { // a PONG would follow the close frame
            i->is_refused = i->is_told = true;
            return 0;
        }
    }
    return good;
}

// How many of the bytes the library may have.
static size_t look(struct loop *l, struct intake *i, const uint8_t *bytes, size_t len) {
    size_t good = 0;
    if (!i->are_frames) {
        enum head_fault fault;
        good = head_check_take_one(&i->head, bytes, len, &fault);
        i->head_fault = (uint8_t)fault;
        if (fault == HEAD_FINE && !head_check_has_left(&i->head) && good < len)
            keep_ahead(l, i, bytes + good, len - good);
        if (fault == HEAD_FINE && head_check_has_left(&i->head)) {
            i->are_frames = true;
            frame_check_init(&i->frames);
        }
    }
    if (i->are_frames)
        good += look_at_frames(l, i, bytes + good, len - good);
    if (!i->is_refused && (i->head_fault || i->frame_fault))
        refuse(l, i);
    return good;
}

// --- Reading, in the library's place

// All that came is read and forgotten; the result is as of one more read that finds nothing.
static ssize_t forget_plain(int fd, void *out, size_t cap) {
    ssize_t n = 1;
    for (int i = 0; n > 0 && i < FORGET_COUNT; i++)
        n = recvfrom(fd, out, cap, MSG_DONTWAIT, NULL, NULL);
    if (n > 0) {
        errno = EAGAIN;
        return -1;
    }
    return n;
}

// What came waits for its turn; the result is as of one more read that finds nothing.
static ssize_t gather_plain(struct intake *i, int fd, void *out, size_t cap) {
    const ssize_t n = recvfrom(fd, out, cap, MSG_DONTWAIT, NULL, NULL);
    if (n <= 0)
        return n;
    keep_ahead(serving, i, out, (size_t)n);
    errno = EAGAIN;
    return -1;
}

ssize_t intake_recv(int fd, void *out, size_t cap, int flags) {
    struct intake *const i = intake_of(serving, fd);
    if (!i || i->is_secure || flags & MSG_PEEK)
        return recvfrom(fd, out, cap, flags, NULL, NULL);
    if (!i->is_refused) {
        if (is_early(i))
            return gather_plain(i, fd, out, cap);
        ssize_t n = (ssize_t)take_ahead(serving, i, out, cap);
        if (!n)
            n = recvfrom(fd, out, cap, flags, NULL, NULL);
        if (n <= 0)
            return n;
        const size_t good = look(serving, i, out, (size_t)n);
        if (good)
            return (ssize_t)good;
    }
    return forget_plain(fd, out, cap);
}

static int tls_read(SSL *tls, void *out, int cap) {
    size_t n = 0;
    if (cap <= 0)
        return -1;
    return SSL_read_ex(tls, out, (size_t)cap, &n) > 0 ? (int)n : -1;
}

// SSL_get_error tells the caller about the last read, which therefore has to be one that found
// nothing; whoever sends faster than that is cut.
static int forget_secure(SSL *tls, int fd, void *out, int cap) {
    int n = 1;
    for (int i = 0; n > 0 && i < FORGET_COUNT; i++)
        n = tls_read(tls, out, cap);
    if (n > 0)
        (void)shutdown(fd, SHUT_RDWR);
    while (n > 0)
        n = tls_read(tls, out, cap);
    return n;
}

// As forget_secure: the last read is one that found nothing.
static int gather_secure(struct intake *i, SSL *tls, void *out, int cap) {
    int n;
    while ((n = tls_read(tls, out, cap)) > 0)
        keep_ahead(serving, i, out, (size_t)n);
    return n;
}

int intake_tls_read(SSL *tls, void *out, int cap) {
    const int fd = SSL_get_fd(tls);
    struct intake *const i = intake_of(serving, fd);
    if (!i || !i->is_secure)
        return tls_read(tls, out, cap);
    if (!i->is_refused) {
        if (is_early(i))
            return gather_secure(i, tls, out, cap);
        int n = (int)take_ahead(serving, i, out, (size_t)cap);
        if (!n)
            n = tls_read(tls, out, cap);
        if (n <= 0)
            return n;
        const size_t good = look(serving, i, out, (size_t)n);
        if (good)
            return (int)good;
    }
    return forget_secure(tls, fd, out, cap);
}

bool intake_is_in_place(void) {
    // What the dynamic linker gives to a library that asks for these names.
    ssize_t (*recv_found)(int, void *, size_t, int) = NULL;
    int (*tls_found)(SSL *, void *, int) = NULL;
    *(void **)&recv_found = dlsym(RTLD_DEFAULT, "recv");
    *(void **)&tls_found = dlsym(RTLD_DEFAULT, "SSL_read");
    return recv_found == intake_recv && tls_found == intake_tls_read;
}

// --- Life

void intake_serve(struct loop *l) { serving = l; }

// The place for a descriptor's intake; NULL when out of memory.
static struct intake *make_room(struct loop *l, int fd) {
    const size_t n = (size_t)fd / BLOCK_COUNT;
    if (n >= l->intake_block_count) {
        const size_t count = n < 8 ? 16 : n * 2;
        struct intake_block **const grown = realloc(l->intake_blocks, count * sizeof(*grown));
        if (!grown)
            return NULL;
        for (size_t i = l->intake_block_count; i < count; i++)
            grown[i] = NULL;
        l->intake_blocks = grown;
        l->intake_block_count = count;
    }
    if (!l->intake_blocks[n])
        l->intake_blocks[n] = calloc(1, sizeof(*l->intake_blocks[n]));
    return l->intake_blocks[n] ? &l->intake_blocks[n]->all[fd % BLOCK_COUNT] : NULL;
}

bool intake_open(struct loop *l, int fd, uint64_t address, bool is_secure) {
    struct intake *const i = make_room(l, fd);
    if (!i)
        return false;
    *i = (struct intake){.is_open = true, .is_secure = is_secure, .address = address};
    head_check_init(&i->head);
    return true;
}

void intake_adopted(struct loop *l, int fd, struct lws *wsi) {
    struct intake *const i = intake_of(l, fd);
    if (i)
        i->wsi = wsi;
}

uint64_t intake_close(struct loop *l, int fd) {
    struct intake *const i = intake_of(l, fd);
    if (!i)
        return 0;
    i->is_open = false;
    drop_ahead(l, i);
    return i->address;
}

void intake_upgraded(struct ws_conn *c) {
    struct intake *const i = intake_of_wsi(c->wsi);
    if (!i)
        return;
    i->is_upgraded = true;
    if (i->is_refused)
        tell_ws(i);
}

bool intake_is_blind(struct lws *wsi) {
    const struct intake *const i = intake_of_wsi(wsi);
    return i && !i->are_frames && (i->is_flooded || head_check_is_blind(&i->head));
}

void intake_begun(struct lws *wsi) {
    struct intake *const i = intake_of_wsi(wsi);
    if (i)
        i->begun_count++;
}

bool intake_answer_refused(struct lws *wsi) {
    struct intake *const i = intake_of_wsi(wsi);
    if (!i || !i->is_refused || i->is_told || i->are_frames || i->begun_count != i->head.count)
        return false;
    tell_http(loop_of(wsi), i);
    return true;
}

void intake_dispose(struct loop *l) {
    while (l->aheads)
        drop_ahead(l, l->aheads->of);
    for (size_t n = 0; n < l->intake_block_count; n++)
        free(l->intake_blocks[n]);
    free(l->intake_blocks);
    l->intake_blocks = NULL;
    l->intake_block_count = 0;
}

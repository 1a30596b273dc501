// SPDX-License-Identifier: MIT
// WebSockets: the library's callbacks on one side, session.h on the other. Messages are framed
// already, so they are written raw (LWS_WRITE_HTTP); what the kernel does not take the library
// keeps, and while it keeps anything (lws_partial_buffered) nothing more is written: PONGs of its
// own would otherwise fall into a frame.
#include "relay/net_lws_loop.h"

#include "relay/branch.h"
#include "relay/session.h"
#include "relay/session_door.h"
#include <assert.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static_assert(sizeof(struct ws_conn) <= 72, "what an idle viewer costs");

// Beyond this many bytes in one go the other viewers get their turn.
#define TURN_BYTES (256 * 1024)
// So many are written before the kernel is asked how many it still has.
#define CHECK_BYTES (16 * 1024)

// The kernel takes megabytes that a slow line carries off in half a minute; TCP_NOTSENT_LOWAT holds
// back its word that there is room, not what is written meanwhile.
static bool is_full(struct ws_conn *c) {
    int unsent = 0;
    if (ioctl(c->fd, SIOCOUTQNSD, &unsent) != 0 || unsent < NOTSENT_LOWAT_BYTES)
        return false;
    c->is_choked = true;
    lws_callback_on_writable(c->wsi);
    return true;
}

void watch_ws(void *conn) {
    struct ws_conn *const c = conn;
    struct viewer *const v = &c->session->viewer;
    if (!c->is_cut && !c->is_leaving && is_full(c))
        branch_leave_step(v, v->branch->texts_at, v->branch->media_at);
}

// Ends a connection from outside its callbacks: the socket reports its end to the library, which
// then closes it.
void cut_ws(void *conn) {
    struct ws_conn *const c = conn;
    if (!c)
        return; // as in wake_ws
    if (!c->is_cut)
        (void)shutdown(c->fd, SHUT_RDWR);
    c->is_cut = true;
}

// An upgrade is ours when it asks for /ws and comes from our own pages.
static bool is_upgrade_allowed(struct lws *wsi) {
    const struct relay *const r = loop_of(wsi)->relay;
    char path[16], origin[LIMIT_HTTP_HEADER_BYTES], host[LIMIT_HTTP_HEADER_BYTES];
    return header_copy(wsi, WSI_TOKEN_GET_URI, path, sizeof(path)) && strcmp(path, "/ws") == 0 &&
           header_copy(wsi, WSI_TOKEN_ORIGIN, origin, sizeof(origin)) &&
           header_copy(wsi, WSI_TOKEN_HOST, host, sizeof(host)) && http_host_is_sane(host) &&
           http_origin_is_ours(origin, host, r->config.public_url);
}

// RFC 6455 4.2.1: version 13, and a key that is 16 bytes in base64; the library takes anything.
static bool is_handshake_sane(struct lws *wsi) {
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char key[64], version[16];
    return header_copy(wsi, WSI_TOKEN_VERSION, version, sizeof(version)) &&
           strcmp(version, "13") == 0 && header_copy(wsi, WSI_TOKEN_KEY, key, sizeof(key)) &&
           strlen(key) == 24 && strspn(key, base64) == 22 && strcmp(key + 22, "==") == 0;
}

static int refuse_upgrade(struct lws *wsi, unsigned status) {
    struct loop *const l = loop_of(wsi);
    loop_lock(l);
    l->relay->metrics.http_responses[4]++;
    loop_unlock(l);
    lws_return_http_status(wsi, status, NULL);
    return -1;
}

// Whose the socket is, for shows that are not open to all.
static void bring_papers(struct lws *wsi, struct session *s) {
    char authorization[128], cookies[4096];
    if (!header_copy(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, authorization, sizeof(authorization)))
        authorization[0] = '\0';
    if (!header_copy(wsi, WSI_TOKEN_HTTP_COOKIE, cookies, sizeof(cookies)))
        cookies[0] = '\0';
    session_door_bring(s, authorization, cookies);
}

static int ws_open(struct lws *wsi, struct ws_conn *c) {
    struct loop *const l = loop_of(wsi);
    char address[46];
    peer_address(wsi, address);
    c->wsi = wsi;
    c->fd = lws_get_socket_fd(wsi);
    c->is_secure = lws_is_ssl(wsi);
    set_lowat(wsi);
    loop_lock(l);
    c->session = session_create(l->relay, l->index, c, address, net_now_us());
    if (c->session)
        bring_papers(wsi, c->session);
    loop_unlock(l);
    if (!c->session)
        return -1;
    intake_upgraded(c);
    return 0;
}

static void ws_close(struct ws_conn *c) {
    if (!c->wsi)
        return;
    struct loop *const l = loop_of(c->wsi);
    loop_lock(l);
    if (c->session)
        session_destroy(c->session, net_now_us());
    c->session = NULL;
    ready_list_remove(&l->ready, &c->ready); // leaving the room may have woken it once more
    loop_unlock(l);
    message_parts_dispose(&c->parts);
}

static void ws_receive(struct lws *wsi, struct ws_conn *c, const uint8_t *bytes, size_t len) {
    const struct message_part part = {.bytes = bytes,
                                      .len = len,
                                      .announced = lws_remaining_packet_payload(wsi),
                                      .is_text = !lws_frame_is_binary(wsi),
                                      .is_first = lws_is_first_fragment(wsi),
                                      .is_final = lws_is_final_fragment(wsi)};
    struct loop *const l = loop_of(wsi);
    if (part.is_first)
        busy_meter_hears(&l->busy);
    loop_lock(l);
    message_parts_take(&c->parts, c->session, &part, net_now_us());
    loop_unlock(l);
}

// The library's own close would cut the connection at the next bytes that are no close frame, and
// the reset that follows takes our code with it. So: our own close frame, then read and forget
// until the peer's comes.
static int send_close(struct ws_conn *c, uint16_t code) {
    uint8_t frame[4] = {0x88, 2, (uint8_t)(code >> 8), (uint8_t)code};
    if (c->is_close_sent)
        return 0;
    c->is_close_sent = true;
    if (lws_write(c->wsi, frame, sizeof(frame), LWS_WRITE_HTTP) < 0)
        return -1;
    // RFC 6455 7.1.7: its close frame could not be told from the rest, so the end is ours.
    if (c->is_deaf && !lws_partial_buffered(c->wsi))
        (void)shutdown(c->fd, SHUT_WR);
    return 0;
}

// What comes next, asked under the lock; *wants tells whether there may be more behind it.
static enum session_pull pull(struct ws_conn *c, struct message **m, uint16_t *code, bool *wants) {
    struct loop *const l = loop_of(c->wsi);
    loop_lock(l);
    ready_list_remove(&l->ready, &c->ready);
    const enum session_pull got = session_pull(c->session, m, net_now_us());
    *wants = session_wants_write(c->session);
    *code = c->session->close_code;
    loop_unlock(l);
    return got;
}

int ws_write(struct ws_conn *c) {
    uint8_t ping[3] = {0x89, 1, 'p'}; // the library does not tell of an empty PONG
    size_t written = 0, checked = 0;
    bool wants = true;
    // If the library keeps something, it calls again when that has left.
    while (wants && !c->is_choked && !c->is_leaving && !lws_partial_buffered(c->wsi)) {
        struct message *m = NULL;
        uint16_t code = 0;
        switch (pull(c, &m, &code, &wants)) {
        case SESSION_PULL_NOTHING:
            return 0;
        case SESSION_PULL_CLOSE:
            return send_close(c, code);
        case SESSION_PULL_PING:
            if (lws_write(c->wsi, ping, sizeof(ping), LWS_WRITE_HTTP) < 0)
                return -1;
            continue;
        case SESSION_PULL_MESSAGE:
            break;
        }
        const int len = lws_write(c->wsi, m->bytes, m->framed_len, LWS_WRITE_HTTP);
        written += m->framed_len;
        message_unref(m);
        if (len < 0)
            return -1;
        if (wants && written >= TURN_BYTES) {
            lws_callback_on_writable(c->wsi);
            return 0;
        }
        if (wants && written - checked >= CHECK_BYTES) {
            checked = written;
            if (is_full(c))
                return 0;
        }
    }
    return 0;
}

int on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
    struct ws_conn *const c = user;
    switch (reason) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return !is_upgrade_allowed(wsi)  ? refuse_upgrade(wsi, 403)
               : !is_handshake_sane(wsi) ? refuse_upgrade(wsi, 400)
                                         : 0;
    case LWS_CALLBACK_ESTABLISHED:
        return ws_open(wsi, c);
    case LWS_CALLBACK_RECEIVE:
        ws_receive(wsi, c, in, len);
        return 0;
    case LWS_CALLBACK_RECEIVE_PONG:
        loop_lock(loop_of(wsi));
        session_heard(c->session, net_now_us());
        loop_unlock(loop_of(wsi));
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        c->is_choked = false;
        return ws_write(c);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        c->is_leaving = true;
        return c->is_close_sent ? -1 : 0; // the answer to ours; else the library answers
    case LWS_CALLBACK_CLOSED:
        ws_close(c);
        return 0;
    default:
        return 0;
    }
}

// SPDX-License-Identifier: MIT
// Fan-out under load, measured from outside: publishers on one thread, all viewers on another, the
// server a process of its own, be it the relay, a limit in C, or a peer.
//
//   W1  one room: 30 video messages a second (a key frame of 64 KB every 60, deltas of 3.6 to
//       10.8 KB, mean 8 KB) and 50 audio messages of 160 B: 80 messages/s and 2.07 Mbit/s a viewer
//   W2  the same in 50 rooms, the viewers spread over them
//   W3  chat: 50 texts a second of 200 B, every viewer gets each
#ifndef TABCAST_BENCH_FANOUT_BENCH_H
#define TABCAST_BENCH_FANOUT_BENCH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BENCH_SEQUENCE_COUNT 8192 // of one kind; then the table of times is used again
#define BENCH_KIND_COUNT 5
#define BENCH_CHAT_KIND 1 // in the tables: media uses 2 (video) and 3 (audio)
#define BENCH_VIDEO_KIND 2
#define BENCH_ROOMS_COUNT 50
#define BENCH_TEXT_BYTES 200
#define BENCH_TEXTS_PER_SECOND 50

enum bench_workload { BENCH_W1, BENCH_W2, BENCH_W3 };

enum bench_kind {
    BENCH_TABCAST,
    BENCH_PLAIN_SEND,
    BENCH_PLAIN_URING,
    BENCH_WS,       // peers/ws-server.mjs
    BENCH_NCHAN,    // nginx, nchan
    BENCH_SOCKETIO, // peers/socketio-server.mjs
    BENCH_ICECAST,
    BENCH_FLV,  // node-media-server, HTTP-FLV
    BENCH_RTMP, // nginx-rtmp
    BENCH_SERVER_KIND_COUNT
};

struct bench_server {
    enum bench_kind kind;
    uint16_t port;
    pid_t pid; // whose CPU and memory count
    struct {
        char id[16], key[64]; // of a show of the relay's
    } rooms[BENCH_ROOMS_COUNT];
    int room_count;
};

// When each message was sent, by room, kind and sequence: written by the publisher, read by the
// viewers.
struct bench_sent {
    _Atomic uint64_t at_us[BENCH_ROOMS_COUNT][BENCH_KIND_COUNT][BENCH_SEQUENCE_COUNT];
    _Atomic uint64_t message_count;
};

uint64_t bench_now_us(void);

// --- tls.c: recv(), send() and close(), through TLS where a descriptor has it.
void bench_tls_connect_from_now_on(void);           // all that bench_connect opens
void bench_tls_accept_from_now_on(const char *dir); // cert.pem and key.pem in it
void bench_tls_connected(int fd);                   // each a blocking socket
void bench_tls_accepted(int fd);
ssize_t bench_recv(int fd, void *out, size_t cap, int flags);
int bench_has_read_ahead(int fd); // poll does not tell of it
ssize_t bench_send(int fd, const void *bytes, size_t len, int flags);
void bench_close(int fd);

// --- http.c: as much HTTP and WebSocket as a client of ours needs. All exit with a word on any
// failure.
int bench_connect(uint16_t port);
// For connections from now on; 0 lets the kernel choose. A slow link keeps what is late at the
// sender: so does a small buffer, where a grown one would take in a minute of it.
void bench_set_receive_buffer(int bytes);
void bench_send_all(int fd, const void *bytes, size_t len);
// Reads an HTTP head byte by byte, so that what follows stays in the socket; exits when the status
// is not `status`.
void bench_read_head(int fd, const char *status);
int bench_upgrade(uint16_t port, const char *path, const char *protocol);
// POST /api/v1/shows; id (13 bytes) and key (44 bytes).
void bench_create_show(uint16_t port, int is_recorded, char *id, char *key);
// Opens a WebSocket and says hello; the socket is blocking and what follows the upgrade is left in
// it.
int bench_join(uint16_t port, const char *id, const char *key, const char *role);
void bench_send_text(int fd, const char *json);
void bench_send_binary(int fd, const uint8_t *bytes, size_t len,
                       uint8_t *scratch); // scratch: len + 14
double bench_metric(uint16_t port, const char *name);

// --- rtmp.c
int bench_rtmp_open(uint16_t port, const char *stream, int is_publisher);
void bench_rtmp_send(int fd, int is_video, uint32_t timestamp_ms, const uint8_t *body, size_t len,
                     uint8_t *scratch); // scratch: twice len

// --- peers.c: how each kind of server is joined and published to.
int bench_join_viewer(const struct bench_server *s, int room, int is_chat);
int bench_join_publisher(const struct bench_server *s, int room, int is_chat);
// One media message: wire header and Cluster.
void bench_publish_media(const struct bench_server *s, int fd, const uint8_t *wire, size_t len);
void bench_publish_text(const struct bench_server *s, int fd, const char *text);

// --- workload.c
struct bench_publisher {
    struct bench_server *server;
    enum bench_workload workload;
    double scale; // of the pictures' size
    struct bench_sent *sent;
    _Atomic int is_stopped;
};
void *bench_publish(void *publisher); // thread; returns NULL when stopped

// --- streams.c: where messages begin in what a viewer reads.
struct bench_stream {
    // The part of a unit's head that has come, and how many bytes follow unread.
    uint8_t head[320];
    size_t head_len;
    size_t skip_len;
    int phase;                                    // of the kind's own: 0 at the start
    uint32_t chunk_left, chunk_size, message_len; // RTMP
    uint8_t message_type;
};
// Called for each message whose beginning has come: its wire header, or the text's number.
typedef void bench_on_message(void *ctx, unsigned kind, uint32_t sequence);
struct bench_reader {
    enum bench_kind kind;
    int is_chat;
    int fd; // for what must be answered
    bench_on_message *on_message;
    void *ctx;
};
// 0, or -1 when the bytes are not what they should be.
int bench_read_stream(struct bench_stream *s, const struct bench_reader *r, const uint8_t *bytes,
                      size_t len);

// --- viewers.c
struct bench_viewers;
// The first `slow` of them will read slowly (bench_viewers_slow).
struct bench_viewers *bench_viewers_open(int count, int slow, const struct bench_server *s,
                                         int is_chat);
// Silent ones that never say hello.
struct bench_viewers *bench_viewers_open_silent(int count, const struct bench_server *s);
// The slow ones read only so many bytes a second each from now on.
void bench_viewers_slow(struct bench_viewers *v, double bytes_per_second);
// Reads whatever comes for so long. Delays are collected while `is_measured`.
void bench_viewers_run(struct bench_viewers *v, struct bench_sent *sent, double seconds,
                       int is_measured);
struct bench_result {
    uint64_t message_count; // delivered to all viewers while measured
    uint64_t byte_count;
    uint64_t gap_count; // sequence numbers that never came, and frames that were none
    double p50_ms, p99_ms, max_ms;
    double video_p50_ms, video_p99_ms; // of pictures alone; sound may wait for them
    int lost_count;                    // viewers whose socket closed
    double slow_behind_ms; // most that a slow viewer was behind when something reached it
    uint64_t slow_message_count;
};
void bench_viewers_result(struct bench_viewers *v, struct bench_result *out);
void bench_viewers_close(struct bench_viewers *v);

// --- baseline.c: the limits to be compared with: accepts, then one send() per viewer and message,
// or one io_uring submission per message, and nothing else.
// `tls_dir`: with TLS, by SSL_write() then; or NULL.
pid_t bench_baseline_start(int is_uring, const char *tls_dir, uint16_t *port);

// --- measure.c: one round against one server.
struct bench_round {
    enum bench_workload workload;
    int viewers, slow;
    double seconds, settle_seconds, scale;
    int is_unrecorded;   // the relay's shows
    const char *tls_dir; // with cert.pem and key.pem, for servers that are started here; or NULL
};
struct bench_measured {
    struct bench_result result;
    double cpu_us; // per message delivered
    double cpu_s_per_gb;
    double rss_kb; // per viewer
    double expected_count;
};
// `server` runs already, with its rooms made.
struct bench_measured bench_measure(const struct bench_round *round, struct bench_server *server);
// Without what the relay's rings hold: those grow with the show, not with its viewers.
double bench_settled_rss_kb(const struct bench_server *s);
// Starts the relay or a limit, measures, stops it.
struct bench_measured bench_measure_own(const struct bench_round *round, enum bench_kind kind,
                                        const char *binary, char *const *more);

// --- idle.c: N WebSockets that say nothing beside a running show of 20 viewers, until the relay
// has closed them all. Returns the exit status.
int bench_idle(const char *binary, char *const *more, int count);

// --- process.c
double bench_cpu_seconds(pid_t pid); // with its children
long bench_rss_kb(pid_t pid);        // with its children
// `more`: further arguments of the relay, NULL at the end. `tls_dir`: as in struct bench_round.
pid_t bench_relay_start(const char *binary, char *const *more, const char *tls_dir, uint16_t *port,
                        char *data_dir, int connections);
void bench_process_stop(pid_t pid);
void bench_remove_folder(const char *dir);
void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif

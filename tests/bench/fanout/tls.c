// SPDX-License-Identifier: MIT
// Sockets as the load generator and the limits in C use them, with TLS around those that have asked
// for it, found by their descriptor. One cipher for all, TLS 1.3, so that all servers do the same
// work.
#include "bench.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILES_COUNT 65536

static SSL *by_fd[FILES_COUNT];
static SSL_CTX *client, *server;

static SSL *tls_of(int fd) { return fd >= 0 && fd < FILES_COUNT ? by_fd[fd] : NULL; }

static SSL_CTX *context(const SSL_METHOD *method) {
    SSL_CTX *const c = SSL_CTX_new(method);
    if (!c || SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(c, "TLS_AES_128_GCM_SHA256") != 1)
        bench_fail("no TLS");
    return c;
}

void bench_tls_connect_from_now_on(void) {
    client = context(TLS_client_method());
    SSL_CTX_set_read_ahead(client, 1);
}

void bench_tls_accept_from_now_on(const char *dir) {
    char path[512];
    server = context(TLS_server_method());
    snprintf(path, sizeof(path), "%s/cert.pem", dir);
    const int has_cert = SSL_CTX_use_certificate_file(server, path, SSL_FILETYPE_PEM);
    snprintf(path, sizeof(path), "%s/key.pem", dir);
    if (has_cert != 1 || SSL_CTX_use_PrivateKey_file(server, path, SSL_FILETYPE_PEM) != 1)
        bench_fail("no certificate in %s", dir);
}

static void wrap(int fd, SSL_CTX *by, int (*shake_hands)(SSL *)) {
    if (!by)
        return;
    SSL *const tls = fd < FILES_COUNT ? SSL_new(by) : NULL;
    if (!tls || SSL_set_fd(tls, fd) != 1 || shake_hands(tls) != 1)
        bench_fail("no TLS handshake");
    by_fd[fd] = tls;
}

void bench_tls_connected(int fd) { wrap(fd, client, SSL_connect); }
void bench_tls_accepted(int fd) { wrap(fd, server, SSL_accept); }

// What a call of the library came to, in the words of recv() and send().
static ssize_t outcome(SSL *tls, int is_done, size_t len) {
    if (is_done)
        return (ssize_t)len;
    const int why = SSL_get_error(tls, 0);
    if (why == SSL_ERROR_ZERO_RETURN)
        return 0;
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
    return -1;
}

ssize_t bench_recv(int fd, void *out, size_t cap, int flags) {
    SSL *const tls = tls_of(fd);
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    size_t len = 0;
    if (!tls)
        return recv(fd, out, cap, flags);
    if (flags & MSG_DONTWAIT && !SSL_has_pending(tls) && poll(&readable, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
    }
    const int is_done = SSL_read_ex(tls, out, cap, &len);
    return outcome(tls, is_done, len);
}

int bench_has_read_ahead(int fd) {
    SSL *const tls = tls_of(fd);
    return tls && SSL_has_pending(tls);
}

ssize_t bench_send(int fd, const void *bytes, size_t len, int flags) {
    SSL *const tls = tls_of(fd);
    size_t sent = 0;
    if (!tls)
        return send(fd, bytes, len, flags);
    const int is_done = SSL_write_ex(tls, bytes, len, &sent);
    return outcome(tls, is_done, sent);
}

void bench_close(int fd) {
    SSL *const tls = tls_of(fd);
    if (tls) {
        SSL_free(tls);
        by_fd[fd] = NULL;
    }
    close(fd);
}

// SPDX-License-Identifier: MIT
#include "relay/webpush.h"

#include "relay/webpush_line.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORKERS_COUNT 3
#define TOKEN_S (12 * 3600) // RFC 8292 2: at most 24 hours

struct item {
    struct item *next;
    struct webpush_target target;
    char text[]; // and NUL
};

struct webpush {
    struct webpush_config config;
    pthread_t workers[WORKERS_COUNT];
    unsigned worker_count;
    pthread_mutex_t lock;
    pthread_cond_t is_wanted;
    // Under the lock.
    struct item *first, *last, *gone;
    size_t waiting;
    bool is_closing;
    struct webpush_counts counts;
};

bool webpush_key_load(struct webpush_key *out, const char *path) {
    char text[BASE64URL_CHARS(WEBPUSH_SCALAR_LEN) + 2] = "";
    uint8_t secret[WEBPUSH_SCALAR_LEN];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        const ssize_t len = read(fd, text, sizeof(text) - 1);
        close(fd);
        text[len > 0 ? (size_t)len : 0] = '\0';
        text[strcspn(text, "\n")] = '\0';
        errno = EINVAL;
        return base64url_read(secret, sizeof(secret), text) && webpush_key_read(out, secret);
    }
    if (errno != ENOENT || !webpush_key_make(out))
        return false;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    const size_t len = base64url_write(text, out->secret, sizeof(out->secret));
    const bool is_written =
        write(fd, text, len) == (ssize_t)len && write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    close(fd);
    if (!is_written)
        unlink(path); // half a key would stop the next start
    return is_written;
}

bool webpush_endpoint_read(char origin[256], const char *endpoint, bool is_anywhere) {
    static const char host_chars[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    const size_t head = strncmp(endpoint, "https://", 8) == 0                 ? 8
                        : is_anywhere && strncmp(endpoint, "http://", 7) == 0 ? 7
                                                                              : 0;
    const size_t host = head ? strspn(endpoint + head, host_chars) : 0;
    if (!host || head + host >= 256 || endpoint[head + host] != '/')
        return false;
    for (const char *c = endpoint; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '"' || *c == '\\')
            return false;
    memcpy(origin, endpoint, head + host);
    origin[head + host] = '\0';
    return true;
}

static unsigned deliver(struct webpush *w, struct webpush_line *line, const struct item *item) {
    char origin[256], authorization[WEBPUSH_TOKEN_BYTES + 128];
    uint8_t body[WEBPUSH_TEXT_BYTES + WEBPUSH_OVERHEAD_BYTES];
    const size_t len = strlen(item->text);
    const struct webpush_config *const config = &w->config;
    if (!webpush_endpoint_read(origin, item->target.endpoint, config->is_anywhere) ||
        !webpush_encrypt(body, item->target.point, item->target.auth, (const uint8_t *)item->text,
                         len) ||
        !webpush_authorization(authorization, &config->key, origin, config->subject,
                               config->unix_s() + TOKEN_S))
        return 0;
    return webpush_line_post(line, item->target.endpoint, authorization, body,
                             len + WEBPUSH_OVERHEAD_BYTES);
}

// Under the lock.
static struct item *take(struct webpush *w) {
    while (!w->first && !w->is_closing)
        pthread_cond_wait(&w->is_wanted, &w->lock);
    struct item *const item = w->is_closing ? NULL : w->first;
    if (item)
        w->first = item->next;
    return item;
}

static void *worker(void *arg) {
    struct webpush *const w = arg;
    struct webpush_line *const line = webpush_line_create(w->config.is_anywhere);
    pthread_mutex_lock(&w->lock);
    for (struct item *item; line && (item = take(w));) {
        pthread_mutex_unlock(&w->lock);
        const unsigned status = deliver(w, line, item);
        const bool is_gone = status == 404 || status == 410;
        pthread_mutex_lock(&w->lock);
        w->waiting--;
        w->counts.sent += status >= 200 && status < 300;
        w->counts.gone += is_gone;
        w->counts.failed += !is_gone && (status < 200 || status >= 300);
        if (!is_gone) {
            free(item);
            continue;
        }
        item->next = w->gone;
        w->gone = item;
        if (w->config.wake)
            w->config.wake(w->config.wake_ctx);
    }
    pthread_mutex_unlock(&w->lock);
    webpush_line_destroy(line);
    return NULL;
}

struct webpush *webpush_create(const struct webpush_config *config) {
    struct webpush *const w = calloc(1, sizeof(*w));
    sigset_t all, before;
    if (!w)
        return NULL;
    w->config = *config;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->is_wanted, NULL);
    webpush_line_start();
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); // signals are the event loop's
    while (w->worker_count < WORKERS_COUNT &&
           pthread_create(&w->workers[w->worker_count], NULL, worker, w) == 0)
        w->worker_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (w->worker_count)
        return w;
    webpush_destroy(w);
    return NULL;
}

static void free_list(struct item *item) {
    for (struct item *next; item; item = next) {
        next = item->next;
        free(item);
    }
}

void webpush_destroy(struct webpush *w) {
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->is_closing = true;
    pthread_cond_broadcast(&w->is_wanted);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->worker_count; i++)
        pthread_join(w->workers[i], NULL);
    free_list(w->first);
    free_list(w->gone);
    pthread_cond_destroy(&w->is_wanted);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

bool webpush_send(struct webpush *w, const struct webpush_target *target, const char *text) {
    const size_t len = strlen(text);
    struct item *const item = len <= WEBPUSH_TEXT_BYTES ? malloc(sizeof(*item) + len + 1) : NULL;
    if (!item)
        return false;
    item->next = NULL;
    item->target = *target;
    memcpy(item->text, text, len + 1);
    pthread_mutex_lock(&w->lock);
    const bool is_accepted = !w->is_closing && w->waiting < LIMIT_PUSHES_WAITING_COUNT;
    if (is_accepted) {
        if (w->first)
            w->last->next = item;
        else
            w->first = item;
        w->last = item;
        w->waiting++;
        pthread_cond_signal(&w->is_wanted);
    }
    pthread_mutex_unlock(&w->lock);
    if (!is_accepted)
        free(item);
    return is_accepted;
}

void webpush_poll(struct webpush *w, void (*on_gone)(void *ctx, const char *endpoint), void *ctx) {
    pthread_mutex_lock(&w->lock);
    struct item *const gone = w->gone;
    w->gone = NULL;
    pthread_mutex_unlock(&w->lock);
    for (const struct item *item = gone; item; item = item->next)
        on_gone(ctx, item->target.endpoint);
    free_list(gone);
}

struct webpush_counts webpush_count(struct webpush *w) {
    pthread_mutex_lock(&w->lock);
    const struct webpush_counts counts = w->counts;
    pthread_mutex_unlock(&w->lock);
    return counts;
}

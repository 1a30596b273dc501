// SPDX-License-Identifier: MIT
#include "relay/mailer.h"

#include "relay/mail_text.h"
#include "relay/random.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EVENTS_COUNT 64
#define HURRY_LOOK_US 50000ULL // a signal wakes no waiting thread

struct mailer {
    struct mailer_config config;
    atomic_bool is_closing; // what is being tried is broken off, too
    pthread_t worker;
    bool has_worker;
    pthread_mutex_t lock;
    pthread_cond_t is_wanted, is_over; // by the monotonic clock
    // Under the lock.
    bool is_leaving; // what is due is still tried, and nothing waits for later
    bool has_ended;  // the worker will touch none of this any more
    struct mail_queue queue;
    struct mailer_counts counts;
    struct mail_event events[EVENTS_COUNT]; // a ring
    size_t event_first, event_count;
};

// Under the lock.
static void sleep_for(struct mailer *m, pthread_cond_t *cause, uint64_t wait_us) {
    struct timespec until;
    if (wait_us == UINT64_MAX) {
        pthread_cond_wait(cause, &m->lock);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    const uint64_t ns = (uint64_t)until.tv_nsec + wait_us % 1000000 * 1000;
    until.tv_sec += (time_t)(wait_us / 1000000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_cond_timedwait(cause, &m->lock, &until);
}

// Under the lock. Waits until one is due. NULL: the end.
static struct mail *take(struct mailer *m) {
    uint64_t wait_us;
    while (!atomic_load(&m->is_closing)) {
        struct mail *const mail = mail_queue_take(&m->queue, m->config.now_us(), &wait_us);
        if (mail || m->is_leaving)
            return mail;
        sleep_for(m, &m->is_wanted, wait_us);
    }
    return NULL;
}

// Under the lock.
static void tell(struct mailer *m, const struct mail *mail, const struct smtp_result *result,
                 bool is_over) {
    if (m->event_count == EVENTS_COUNT) {
        m->event_first = (m->event_first + 1) % EVENTS_COUNT;
        m->event_count--;
    }
    struct mail_event *const event = &m->events[(m->event_first + m->event_count++) % EVENTS_COUNT];
    *event = (struct mail_event){
        .fate = result->fate, .is_over = is_over, .tries = mail->tries, .code = result->code};
    snprintf(event->kind, sizeof(event->kind), "%s", mail->kind);
    snprintf(event->domain, sizeof(event->domain), "%s", mail_address_domain(mail->to));
    snprintf(event->said, sizeof(event->said), "%s", result->said);
    if (m->config.wake)
        m->config.wake(m->config.wake_ctx);
}

// Under the lock.
static void finish(struct mailer *m, struct mail *mail, const struct smtp_result *result) {
    const bool waits = mail_queue_tried(&m->queue, mail, result->fate, m->config.now_us());
    m->counts.sent += result->fate == MAIL_TAKEN;
    m->counts.put_off += waits;
    m->counts.failed += !waits && result->fate != MAIL_TAKEN;
    tell(m, mail, result, !waits);
    if (!waits)
        free(mail);
}

static void *work(void *arg) {
    struct mailer *const m = arg;
    struct smtp_line *const line = smtp_line_create(&m->config.smtp, &m->is_closing);
    struct smtp_result result = {.fate = MAIL_PUT_OFF, .said = "out of memory"};
    pthread_mutex_lock(&m->lock);
    for (struct mail *mail; (mail = take(m));) {
        pthread_mutex_unlock(&m->lock);
        if (line)
            smtp_line_send(line, mail->to, mail->text, mail->len, &result);
        pthread_mutex_lock(&m->lock);
        finish(m, mail, &result);
    }
    m->has_ended = true;
    pthread_cond_broadcast(&m->is_over);
    pthread_mutex_unlock(&m->lock);
    smtp_line_destroy(line);
    return NULL;
}

struct mailer *mailer_create(const struct mailer_config *config) {
    struct mailer *const m = calloc(1, sizeof(*m));
    pthread_condattr_t attributes;
    sigset_t all, before;
    if (!m)
        return NULL;
    m->config = *config;
    pthread_mutex_init(&m->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&m->is_wanted, &attributes);
    pthread_cond_init(&m->is_over, &attributes);
    pthread_condattr_destroy(&attributes);
    smtp_line_start();
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); // signals are the event loop's
    m->has_worker = pthread_create(&m->worker, NULL, work, m) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (m->has_worker)
        return m;
    mailer_destroy(m);
    return NULL;
}

static void end_worker(struct mailer *m) {
    pthread_mutex_lock(&m->lock);
    atomic_store(&m->is_closing, true);
    pthread_cond_broadcast(&m->is_wanted);
    pthread_mutex_unlock(&m->lock);
    if (m->has_worker)
        pthread_join(m->worker, NULL);
    m->has_worker = false;
}

static bool is_hurried(const struct mailer *m) {
    return m->config.is_hurried && m->config.is_hurried(m->config.hurry_ctx);
}

size_t mailer_close(struct mailer *m, uint64_t wait_us) {
    pthread_mutex_lock(&m->lock);
    const uint64_t begun_us = m->config.now_us();
    m->is_leaving = true;
    mail_queue_hurry(&m->queue, begun_us);
    pthread_cond_broadcast(&m->is_wanted);
    for (uint64_t gone_us = 0; !m->has_ended && gone_us < wait_us && !is_hurried(m);
         gone_us = m->config.now_us() - begun_us) {
        const uint64_t left_us = wait_us - gone_us;
        sleep_for(m, &m->is_over, left_us < HURRY_LOOK_US ? left_us : HURRY_LOOK_US);
    }
    pthread_mutex_unlock(&m->lock);
    end_worker(m);
    return m->queue.count;
}

void mailer_destroy(struct mailer *m) {
    if (!m)
        return;
    end_worker(m);
    mail_queue_dispose(&m->queue);
    pthread_cond_destroy(&m->is_over);
    pthread_cond_destroy(&m->is_wanted);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

bool mailer_send(struct mailer *m, const char *kind, const char *to, const char *subject,
                 const char *body) {
    struct mail *const mail = malloc(sizeof(*mail) + LIMIT_MAIL_BYTES);
    char id[LIMIT_ID_CHARS + 1];
    if (!mail)
        return false;
    random_id(id);
    const struct mail_text text = {.from = m->config.smtp.from,
                                   .to = to,
                                   .subject = subject,
                                   .body = body,
                                   .id = id,
                                   .unix_us = m->config.unix_us()};
    mail->len = mail_text_write(mail->text, LIMIT_MAIL_BYTES, &text);
    snprintf(mail->kind, sizeof(mail->kind), "%s", kind);
    snprintf(mail->to, sizeof(mail->to), "%s", to);
    pthread_mutex_lock(&m->lock);
    const bool is_accepted =
        mail->len && !m->is_leaving && mail_queue_put(&m->queue, mail, m->config.now_us());
    if (is_accepted)
        pthread_cond_signal(&m->is_wanted);
    pthread_mutex_unlock(&m->lock);
    if (!is_accepted)
        free(mail);
    return is_accepted;
}

void mailer_poll(struct mailer *m, void (*on_event)(void *ctx, const struct mail_event *event),
                 void *ctx) {
    for (;;) {
        struct mail_event event;
        pthread_mutex_lock(&m->lock);
        const bool has_event = m->event_count > 0;
        if (has_event) {
            event = m->events[m->event_first];
            m->event_first = (m->event_first + 1) % EVENTS_COUNT;
            m->event_count--;
        }
        pthread_mutex_unlock(&m->lock);
        if (!has_event)
            return;
        on_event(ctx, &event);
    }
}

struct mailer_counts mailer_count(struct mailer *m) {
    pthread_mutex_lock(&m->lock);
    struct mailer_counts counts = m->counts;
    counts.waiting = m->queue.count;
    pthread_mutex_unlock(&m->lock);
    return counts;
}

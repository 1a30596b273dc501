// SPDX-License-Identifier: MIT
#include "relay/openid.h"

#include "relay/openid_line.h"
#include "relay/openid_talk.h"
#include "relay/random.h"
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Two, so that one answer that is slow in coming keeps nobody else.
#define WORKERS_COUNT 2
// Who has waited longer than this would be gone before the answer is there.
#define PATIENCE_S 8

struct job {
    struct job *next;
    openid_on_result *done;
    void *ctx;
    int64_t since_s;
    bool redeems; // else finds
    struct openid_redemption redemption;
    struct openid_result result;
};

struct job_list {
    struct job *first, *last;
};

struct openid {
    struct openid_config config; // its texts are the four below
    char issuer[LIMIT_ISSUER_BYTES + 1];
    char client_id[LIMIT_ISSUER_BYTES + 1];
    char secret[LIMIT_ISSUER_BYTES + 1];
    char name[LIMIT_NAME_BYTES + 1];
    char key[LIMIT_KEY_CHARS + 1];
    struct openid_talk *talks[WORKERS_COUNT];
    pthread_t workers[WORKERS_COUNT];
    unsigned worker_count;
    pthread_mutex_t lock;
    pthread_cond_t is_wanted;
    // Under the lock.
    struct job_list wanted, done;
    size_t waiting; // accepted, callbacks not yet run
    bool is_closing;
};

struct worker {
    struct openid *openid;
    struct openid_talk *talk;
};

static void list_add(struct job_list *list, struct job *job) {
    job->next = NULL;
    if (list->first)
        list->last->next = job;
    else
        list->first = job;
    list->last = job;
}

static struct job *list_take(struct job_list *list) {
    struct job *const job = list->first;
    if (job)
        list->first = job->next;
    return job;
}

static void work(struct openid *o, struct openid_talk *talk, struct job *job, bool is_closing) {
    if (is_closing || o->config.unix_s() - job->since_s > PATIENCE_S) {
        job->result.status = OPENID_AWAY;
        snprintf(job->result.why, sizeof(job->result.why), "waited too long");
    } else if (job->redeems) {
        openid_talk_redeem(talk, &job->redemption, &job->result);
    } else {
        openid_talk_find(talk, &job->result);
    }
}

static void *worker(void *arg) {
    struct worker *const w = arg;
    struct openid *const o = w->openid;
    struct openid_talk *const talk = w->talk;
    free(w);
    pthread_mutex_lock(&o->lock);
    for (;;) {
        while (!o->wanted.first && !o->is_closing)
            pthread_cond_wait(&o->is_wanted, &o->lock);
        struct job *const job = list_take(&o->wanted);
        if (!job)
            break;
        const bool is_closing = o->is_closing;
        pthread_mutex_unlock(&o->lock);
        work(o, talk, job, is_closing);
        pthread_mutex_lock(&o->lock);
        list_add(&o->done, job);
        if (o->config.wake)
            o->config.wake(o->config.wake_ctx);
    }
    pthread_mutex_unlock(&o->lock);
    return NULL;
}

static bool start_worker(struct openid *o) {
    struct worker *const w = malloc(sizeof(*w));
    struct openid_talk **const talk = &o->talks[o->worker_count];
    *talk = openid_talk_create(&o->config);
    if (!w || !*talk) {
        free(w);
        return false;
    }
    *w = (struct worker){.openid = o, .talk = *talk};
    if (pthread_create(&o->workers[o->worker_count], NULL, worker, w) == 0) {
        o->worker_count++;
        return true;
    }
    free(w);
    return false;
}

static void copy_texts(struct openid *o, const struct openid_config *config) {
    snprintf(o->issuer, sizeof(o->issuer), "%s", config->issuer);
    snprintf(o->client_id, sizeof(o->client_id), "%s", config->client_id);
    snprintf(o->secret, sizeof(o->secret), "%s", config->secret);
    const char *const host = strstr(o->issuer, "://") ? strstr(o->issuer, "://") + 3 : o->issuer;
    if (config->name[0])
        snprintf(o->name, sizeof(o->name), "%s", config->name);
    else
        snprintf(o->name, sizeof(o->name), "%.*s", (int)strcspn(host, "/?"), host);
    o->config.issuer = o->issuer;
    o->config.client_id = o->client_id;
    o->config.secret = o->secret;
    o->config.name = o->name;
}

struct openid *openid_create(const struct openid_config *config) {
    struct openid *const o = calloc(1, sizeof(*o));
    sigset_t all, before;
    if (!o)
        return NULL;
    o->config = *config;
    copy_texts(o, config);
    random_key(o->key);
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->is_wanted, NULL);
    openid_line_start();
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); // signals are the event loop's
    while (o->worker_count < WORKERS_COUNT && start_worker(o))
        continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (o->worker_count)
        return o;
    openid_destroy(o);
    return NULL;
}

void openid_close(struct openid *o) {
    if (!o)
        return;
    pthread_mutex_lock(&o->lock);
    o->is_closing = true;
    pthread_cond_broadcast(&o->is_wanted);
    pthread_mutex_unlock(&o->lock);
    for (unsigned i = 0; i < o->worker_count; i++)
        pthread_join(o->workers[i], NULL);
    o->worker_count = 0;
    openid_poll(o);
    assert(!o->waiting);
}

void openid_destroy(struct openid *o) {
    if (!o)
        return;
    openid_close(o);
    for (unsigned i = 0; i < WORKERS_COUNT; i++)
        openid_talk_destroy(o->talks[i]);
    pthread_cond_destroy(&o->is_wanted);
    pthread_mutex_destroy(&o->lock);
    free(o);
}

const char *openid_issuer(const struct openid *o) { return o->issuer; }
const char *openid_client_id(const struct openid *o) { return o->client_id; }
const char *openid_name(const struct openid *o) { return o->name; }
const char *openid_key(const struct openid *o) { return o->key; }

static bool submit(struct openid *o, const struct openid_redemption *r, openid_on_result *done,
                   void *ctx) {
    struct job *const job = calloc(1, sizeof(*job));
    if (!job)
        return false;
    job->done = done;
    job->ctx = ctx;
    job->since_s = o->config.unix_s();
    job->redeems = r != NULL;
    if (r)
        job->redemption = *r;
    pthread_mutex_lock(&o->lock);
    const bool is_accepted = !o->is_closing && o->waiting < LIMIT_OPENID_WAITING_COUNT;
    if (is_accepted) {
        o->waiting++;
        list_add(&o->wanted, job);
        pthread_cond_signal(&o->is_wanted);
    }
    pthread_mutex_unlock(&o->lock);
    if (!is_accepted)
        free(job);
    return is_accepted;
}

bool openid_find(struct openid *o, openid_on_result *done, void *ctx) {
    return submit(o, NULL, done, ctx);
}

bool openid_redeem(struct openid *o, const struct openid_redemption *r, openid_on_result *done,
                   void *ctx) {
    return submit(o, r, done, ctx);
}

size_t openid_poll(struct openid *o) {
    size_t count = 0;
    pthread_mutex_lock(&o->lock);
    for (struct job *job; (job = list_take(&o->done)); count++) {
        o->waiting--;
        pthread_mutex_unlock(&o->lock);
        job->done(job->ctx, &job->result);
        free(job);
        pthread_mutex_lock(&o->lock);
    }
    pthread_mutex_unlock(&o->lock);
    return count;
}

// SPDX-License-Identifier: MIT
#include "relay/openid.h"

#include "relay/openid_line.h"
#include "relay/openid_talk.h"
#include "relay/random.h"
#include "relay/work_queue.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Two, so that one answer that is slow in coming keeps nobody else.
#define WORKERS_COUNT 2
// Who has waited longer than this would be gone before the answer is there.
#define PATIENCE_S 8

struct job {
    struct work_job link;
    openid_on_result *done;
    void *ctx;
    int64_t since_s;
    bool redeems; // else finds
    struct openid_redemption redemption;
    struct openid_result result;
};

struct openid {
    struct openid_config config; // its texts are the four below
    char issuer[LIMIT_ISSUER_BYTES + 1];
    char client_id[LIMIT_ISSUER_BYTES + 1];
    char secret[LIMIT_ISSUER_BYTES + 1];
    char name[LIMIT_NAME_BYTES + 1];
    char key[LIMIT_KEY_CHARS + 1];
    struct openid_talk *talks[WORKERS_COUNT]; // a worker's each
    struct work_queue *queue;
};

static void work(void *ctx, unsigned worker, struct work_job *link, bool is_closing) {
    struct openid *const o = ctx;
    struct openid_talk *const talk = o->talks[worker];
    struct job *const job = (struct job *)link;
    if (is_closing || o->config.unix_s() - job->since_s > PATIENCE_S) {
        job->result.status = OPENID_AWAY;
        snprintf(job->result.why, sizeof(job->result.why), "waited too long");
    } else if (job->redeems) {
        openid_talk_redeem(talk, &job->redemption, &job->result);
    } else {
        openid_talk_find(talk, &job->result);
    }
}

static void finish(void *ctx, struct work_job *link) {
    struct job *const job = (struct job *)link;
    (void)ctx;
    job->done(job->ctx, &job->result);
    free(job);
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

static bool start(struct openid *o) {
    const struct work_queue_config queue = {
        .workers_count = WORKERS_COUNT,
        .waiting_count = LIMIT_OPENID_WAITING_COUNT,
        .work = work,
        .finish = finish,
        .ctx = o,
        .wake = o->config.wake,
        .wake_ctx = o->config.wake_ctx,
    };
    openid_line_start();
    for (unsigned i = 0; i < WORKERS_COUNT; i++)
        if (!(o->talks[i] = openid_talk_create(&o->config)))
            return false;
    return (o->queue = work_queue_create(&queue)) != NULL;
}

struct openid *openid_create(const struct openid_config *config) {
    struct openid *const o = calloc(1, sizeof(*o));
    if (!o)
        return NULL;
    o->config = *config;
    copy_texts(o, config);
    random_key(o->key);
    if (start(o))
        return o;
    openid_destroy(o);
    return NULL;
}

void openid_close(struct openid *o) {
    if (o)
        work_queue_close(o->queue);
}

void openid_destroy(struct openid *o) {
    if (!o)
        return;
    work_queue_destroy(o->queue);
    for (unsigned i = 0; i < WORKERS_COUNT; i++)
        openid_talk_destroy(o->talks[i]);
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
    if (work_queue_submit(o->queue, &job->link))
        return true;
    free(job);
    return false;
}

bool openid_find(struct openid *o, openid_on_result *done, void *ctx) {
    return submit(o, NULL, done, ctx);
}

bool openid_redeem(struct openid *o, const struct openid_redemption *r, openid_on_result *done,
                   void *ctx) {
    return submit(o, r, done, ctx);
}

size_t openid_poll(struct openid *o) { return work_queue_poll(o->queue); }

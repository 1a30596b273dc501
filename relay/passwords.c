// SPDX-License-Identifier: MIT
#include "relay/passwords.h"

#include "relay/work_queue.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Sound and pictures go first.
#define WORKER_NICE 10

struct job {
    struct work_job link;
    passwords_on_hash *on_hash; // one of the two
    passwords_on_check *on_check;
    void *ctx;
    bool is_known; // there is a hash to check against
    bool is_right;
    char hash[LIMIT_PASSWORD_HASH_BYTES + 1];
    char password[LIMIT_PASSWORD_BYTES + 1];
};

struct passwords {
    struct work_queue *queue;
    char nobodys[LIMIT_PASSWORD_HASH_BYTES + 1];
};

static void work(void *ctx, unsigned worker, struct work_job *link, bool is_closing) {
    const struct passwords *const p = ctx;
    struct job *const job = (struct job *)link;
    const size_t len = strlen(job->password);
    (void)worker;
    (void)is_closing;
    if (job->on_hash) {
        job->is_right = password_hash(job->hash, job->password, len);
    } else {
        const bool matches =
            password_matches(job->is_known ? job->hash : p->nobodys, job->password, len);
        job->is_right = matches && job->is_known;
    }
    password_forget(job->password, sizeof(job->password));
}

static void finish(void *ctx, struct work_job *link) {
    struct job *const job = (struct job *)link;
    (void)ctx;
    if (job->on_hash)
        job->on_hash(job->ctx, job->is_right ? job->hash : NULL);
    else
        job->on_check(job->ctx, job->is_right);
    free(job);
}

struct passwords *passwords_create(const struct passwords_config *config) {
    struct passwords *const p = calloc(1, sizeof(*p));
    const struct work_queue_config queue = {
        .workers_count = config->workers_count,
        .waiting_count = config->waiting_count,
        .nice = WORKER_NICE,
        .work = work,
        .finish = finish,
        .ctx = p,
        .wake = config->wake,
        .wake_ctx = config->wake_ctx,
    };
    if (p && password_hash(p->nobodys, "", 0) && (p->queue = work_queue_create(&queue)))
        return p;
    free(p);
    return NULL;
}

void passwords_destroy(struct passwords *p) {
    if (!p)
        return;
    work_queue_destroy(p->queue);
    free(p);
}

static bool submit(struct passwords *p, const struct job *wanted, const char *password) {
    struct job *const job = malloc(sizeof(*job));
    if (!job)
        return false;
    *job = *wanted;
    snprintf(job->password, sizeof(job->password), "%s", password);
    if (work_queue_submit(p->queue, &job->link))
        return true;
    password_forget(job->password, sizeof(job->password));
    free(job);
    return false;
}

bool passwords_hash(struct passwords *p, const char *password, passwords_on_hash *done, void *ctx) {
    const struct job job = {.on_hash = done, .ctx = ctx};
    return submit(p, &job, password);
}

bool passwords_check(struct passwords *p, const char *hash, const char *password,
                     passwords_on_check *done, void *ctx) {
    // Who signs in at an OpenID provider alone has "": never right either, and takes as long.
    struct job job = {.on_check = done, .ctx = ctx, .is_known = hash && hash[0]};
    if (hash)
        snprintf(job.hash, sizeof(job.hash), "%s", hash);
    return submit(p, &job, password);
}

size_t passwords_poll(struct passwords *p) { return work_queue_poll(p->queue); }
bool passwords_wait(struct passwords *p) { return work_queue_wait(p->queue); }

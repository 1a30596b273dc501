// SPDX-License-Identifier: MIT
#include "relay/passwords.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define WORKERS_MAX_COUNT 8
// Sound and pictures go first.
#define WORKER_NICE 10

struct job {
    struct job *next;
    passwords_on_hash *on_hash; // one of the two
    passwords_on_check *on_check;
    void *ctx;
    bool is_known; // there is a hash to check against
    bool is_right;
    char hash[LIMIT_PASSWORD_HASH_BYTES + 1];
    char password[LIMIT_PASSWORD_BYTES + 1];
};

struct job_list {
    struct job *first, *last;
};

struct passwords {
    struct passwords_config config;
    char nobodys[LIMIT_PASSWORD_HASH_BYTES + 1];
    pthread_t workers[WORKERS_MAX_COUNT];
    unsigned worker_count;
    pthread_mutex_t lock;
    pthread_cond_t is_wanted, is_done;
    // Under the lock.
    struct job_list wanted, done;
    size_t waiting; // accepted, callbacks not yet run
    bool is_closing;
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

static void work(const struct passwords *p, struct job *job) {
    const size_t len = strlen(job->password);
    if (job->on_hash) {
        job->is_right = password_hash(job->hash, job->password, len);
    } else {
        const bool matches =
            password_matches(job->is_known ? job->hash : p->nobodys, job->password, len);
        job->is_right = matches && job->is_known;
    }
    password_forget(job->password, sizeof(job->password));
}

static void *worker(void *arg) {
    struct passwords *const p = arg;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), WORKER_NICE); // on Linux, of this thread alone
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->wanted.first && !p->is_closing)
            pthread_cond_wait(&p->is_wanted, &p->lock);
        struct job *const job = list_take(&p->wanted);
        if (!job)
            break;
        pthread_mutex_unlock(&p->lock);
        work(p, job);
        pthread_mutex_lock(&p->lock);
        list_add(&p->done, job);
        pthread_cond_signal(&p->is_done);
        if (p->config.wake)
            p->config.wake(p->config.wake_ctx);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct passwords *passwords_create(const struct passwords_config *config) {
    struct passwords *const p = calloc(1, sizeof(*p));
    sigset_t all, before;
    assert(config->workers_count && config->workers_count <= WORKERS_MAX_COUNT);
    if (!p)
        return NULL;
    p->config = *config;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->is_wanted, NULL);
    pthread_cond_init(&p->is_done, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); // signals are the event loop's
    const bool is_fine = password_hash(p->nobodys, "", 0);
    while (is_fine && p->worker_count < config->workers_count &&
           pthread_create(&p->workers[p->worker_count], NULL, worker, p) == 0)
        p->worker_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (p->worker_count)
        return p;
    passwords_destroy(p);
    return NULL;
}

void passwords_destroy(struct passwords *p) {
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->is_closing = true;
    pthread_cond_broadcast(&p->is_wanted);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->worker_count; i++)
        pthread_join(p->workers[i], NULL);
    passwords_poll(p);
    assert(!p->waiting);
    pthread_cond_destroy(&p->is_wanted);
    pthread_cond_destroy(&p->is_done);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static bool submit(struct passwords *p, const struct job *wanted, const char *password) {
    struct job *const job = malloc(sizeof(*job));
    if (!job)
        return false;
    *job = *wanted;
    snprintf(job->password, sizeof(job->password), "%s", password);
    pthread_mutex_lock(&p->lock);
    const bool is_accepted = !p->is_closing && p->waiting < p->config.waiting_count;
    if (is_accepted) {
        p->waiting++;
        list_add(&p->wanted, job);
        pthread_cond_signal(&p->is_wanted);
    }
    pthread_mutex_unlock(&p->lock);
    if (is_accepted)
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

size_t passwords_poll(struct passwords *p) {
    size_t count = 0;
    pthread_mutex_lock(&p->lock);
    for (struct job *job; (job = list_take(&p->done)); count++) {
        p->waiting--;
        pthread_mutex_unlock(&p->lock);
        if (job->on_hash)
            job->on_hash(job->ctx, job->is_right ? job->hash : NULL);
        else
            job->on_check(job->ctx, job->is_right);
        free(job);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return count;
}

bool passwords_wait(struct passwords *p) {
    pthread_mutex_lock(&p->lock);
    while (!p->done.first && p->waiting)
        pthread_cond_wait(&p->is_done, &p->lock);
    const bool is_due = p->done.first != NULL;
    pthread_mutex_unlock(&p->lock);
    return is_due;
}

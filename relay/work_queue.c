// SPDX-License-Identifier: MIT
#include "relay/work_queue.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct job_list {
    struct work_job *first, *last;
};

struct worker {
    struct work_queue *queue;
    unsigned index;
    pthread_t thread;
};

struct work_queue {
    struct work_queue_config config;
    struct worker workers[WORK_QUEUE_WORKERS_MAX_COUNT];
    unsigned worker_count;
    pthread_mutex_t lock;
    pthread_cond_t is_wanted, is_done;
    // Under the lock.
    struct job_list wanted, done;
    size_t waiting; // accepted, not yet finished
    bool is_closing;
};

static void list_add(struct job_list *list, struct work_job *job) {
    job->next = NULL;
    if (list->first)
        list->last->next = job;
    else
        list->first = job;
    list->last = job;
}

static struct work_job *list_take(struct job_list *list) {
    struct work_job *const job = list->first;
    if (job)
        list->first = job->next;
    return job;
}

static void *run(void *arg) {
    const struct worker *const w = arg;
    struct work_queue *const q = w->queue;
    if (q->config.nice) // on Linux, of this thread alone
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), q->config.nice);
    pthread_mutex_lock(&q->lock);
    for (;;) {
        while (!q->wanted.first && !q->is_closing)
            pthread_cond_wait(&q->is_wanted, &q->lock);
        struct work_job *const job = list_take(&q->wanted);
        if (!job)
            break;
        const bool is_closing = q->is_closing;
        pthread_mutex_unlock(&q->lock);
        q->config.work(q->config.ctx, w->index, job, is_closing);
        pthread_mutex_lock(&q->lock);
        list_add(&q->done, job);
        pthread_cond_signal(&q->is_done);
        if (q->config.wake)
            q->config.wake(q->config.wake_ctx);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

static bool start_worker(struct work_queue *q) {
    struct worker *const w = &q->workers[q->worker_count];
    *w = (struct worker){.queue = q, .index = q->worker_count};
    if (pthread_create(&w->thread, NULL, run, w) != 0)
        return false;
    q->worker_count++;
    return true;
}

struct work_queue *work_queue_create(const struct work_queue_config *config) {
    struct work_queue *const q = calloc(1, sizeof(*q));
    sigset_t all, before;
    assert(config->workers_count && config->workers_count <= WORK_QUEUE_WORKERS_MAX_COUNT);
    if (!q)
        return NULL;
    q->config = *config;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->is_wanted, NULL);
    pthread_cond_init(&q->is_done, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); // signals are the event loop's
    while (q->worker_count < config->workers_count && start_worker(q))
        continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (q->worker_count)
        return q;
    work_queue_destroy(q);
    return NULL;
}

void work_queue_close(struct work_queue *q) {
    if (!q)
        return;
    pthread_mutex_lock(&q->lock);
    q->is_closing = true;
    pthread_cond_broadcast(&q->is_wanted);
    pthread_mutex_unlock(&q->lock);
    for (unsigned i = 0; i < q->worker_count; i++)
        pthread_join(q->workers[i].thread, NULL);
    q->worker_count = 0;
    work_queue_poll(q);
    assert(!q->waiting);
}

void work_queue_destroy(struct work_queue *q) {
    if (!q)
        return;
    work_queue_close(q);
    pthread_cond_destroy(&q->is_wanted);
    pthread_cond_destroy(&q->is_done);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

bool work_queue_submit(struct work_queue *q, struct work_job *job) {
    pthread_mutex_lock(&q->lock);
    const bool is_accepted = !q->is_closing && q->waiting < q->config.waiting_count;
    if (is_accepted) {
        q->waiting++;
        list_add(&q->wanted, job);
        pthread_cond_signal(&q->is_wanted);
    }
    pthread_mutex_unlock(&q->lock);
    return is_accepted;
}

size_t work_queue_poll(struct work_queue *q) {
    size_t count = 0;
    pthread_mutex_lock(&q->lock);
    for (struct work_job *job; (job = list_take(&q->done)); count++) {
        q->waiting--;
        pthread_mutex_unlock(&q->lock);
        q->config.finish(q->config.ctx, job);
        pthread_mutex_lock(&q->lock);
    }
    pthread_mutex_unlock(&q->lock);
    return count;
}

bool work_queue_wait(struct work_queue *q) {
    pthread_mutex_lock(&q->lock);
    while (!q->done.first && q->waiting)
        pthread_cond_wait(&q->is_done, &q->lock);
    const bool is_due = q->done.first != NULL;
    pthread_mutex_unlock(&q->lock);
    return is_due;
}

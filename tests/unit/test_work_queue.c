// SPDX-License-Identifier: MIT
#include "relay/work_queue.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define JOBS_COUNT 6

// One worker, which a test can hold at its first job.
struct bench {
    struct work_queue *queue;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool has_begun, may_go_on; // under the lock
    unsigned wakes;            // under the lock
    struct job {
        struct work_job link;
        unsigned worked, finished;
        bool was_closing;
    } jobs[JOBS_COUNT];
    struct job *order[2 * JOBS_COUNT];
    unsigned finished;
    struct job *again; // submitted once more when it is finished
};

static void work(void *ctx, unsigned worker, struct work_job *link, bool is_closing) {
    struct bench *const b = ctx;
    struct job *const job = (struct job *)link;
    assert_int_equal(worker, 0);
    job->worked++;
    job->was_closing = is_closing;
    pthread_mutex_lock(&b->lock);
    b->has_begun = true;
    pthread_cond_broadcast(&b->changed);
    while (!b->may_go_on)
        pthread_cond_wait(&b->changed, &b->lock);
    pthread_mutex_unlock(&b->lock);
}

static void finish(void *ctx, struct work_job *link) {
    struct bench *const b = ctx;
    struct job *const job = (struct job *)link;
    job->finished++;
    b->order[b->finished++] = job;
    if (b->again == job) {
        b->again = NULL;
        assert_true(work_queue_submit(b->queue, link));
    }
}

static void wake(void *ctx) {
    struct bench *const b = ctx;
    pthread_mutex_lock(&b->lock);
    b->wakes++;
    pthread_mutex_unlock(&b->lock);
}

static void begin(struct bench *b, size_t waiting_count) {
    memset(b, 0, sizeof(*b));
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->changed, NULL);
    const struct work_queue_config config = {.workers_count = 1,
                                             .waiting_count = waiting_count,
                                             .work = work,
                                             .finish = finish,
                                             .ctx = b,
                                             .wake = wake,
                                             .wake_ctx = b};
    b->queue = work_queue_create(&config);
    assert_non_null(b->queue);
}

static void let_go(struct bench *b) {
    pthread_mutex_lock(&b->lock);
    b->may_go_on = true;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}

static void await_begin(struct bench *b) {
    pthread_mutex_lock(&b->lock);
    while (!b->has_begun)
        pthread_cond_wait(&b->changed, &b->lock);
    pthread_mutex_unlock(&b->lock);
}

static void end(struct bench *b) {
    work_queue_destroy(b->queue);
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
}

static void jobs_are_done_once_and_in_order(void **state) {
    struct bench b;
    (void)state;
    begin(&b, JOBS_COUNT);
    for (unsigned i = 0; i < JOBS_COUNT; i++)
        assert_true(work_queue_submit(b.queue, &b.jobs[i].link));
    assert_int_equal(work_queue_poll(b.queue), 0);
    let_go(&b);
    while (work_queue_wait(b.queue))
        work_queue_poll(b.queue);
    assert_int_equal(b.finished, JOBS_COUNT);
    assert_int_equal(b.wakes, JOBS_COUNT);
    for (unsigned i = 0; i < JOBS_COUNT; i++) {
        assert_ptr_equal(b.order[i], &b.jobs[i]);
        assert_int_equal(b.jobs[i].worked, 1);
        assert_false(b.jobs[i].was_closing);
    }
    end(&b);
}

static void a_full_queue_refuses_until_something_is_finished(void **state) {
    struct bench b;
    (void)state;
    begin(&b, 2);
    assert_true(work_queue_submit(b.queue, &b.jobs[0].link));
    await_begin(&b); // what is being done counts, too
    assert_true(work_queue_submit(b.queue, &b.jobs[1].link));
    assert_false(work_queue_submit(b.queue, &b.jobs[2].link));
    let_go(&b);
    assert_true(work_queue_wait(b.queue));
    while (work_queue_wait(b.queue))
        work_queue_poll(b.queue);
    assert_true(work_queue_submit(b.queue, &b.jobs[3].link));
    end(&b);
    assert_int_equal(b.jobs[2].worked, 0);
    assert_int_equal(b.jobs[3].finished, 1);
}

static void finishing_may_submit(void **state) {
    struct bench b;
    (void)state;
    begin(&b, 1);
    let_go(&b);
    b.again = &b.jobs[0];
    assert_true(work_queue_submit(b.queue, &b.jobs[0].link));
    while (work_queue_wait(b.queue))
        work_queue_poll(b.queue);
    assert_int_equal(b.jobs[0].finished, 2);
    end(&b);
}

static void closing_finishes_what_waits_and_takes_no_more(void **state) {
    struct bench b;
    (void)state;
    begin(&b, JOBS_COUNT);
    let_go(&b);
    for (unsigned i = 0; i + 1 < JOBS_COUNT; i++)
        assert_true(work_queue_submit(b.queue, &b.jobs[i].link));
    work_queue_close(b.queue);
    assert_int_equal(b.finished, JOBS_COUNT - 1);
    assert_false(work_queue_submit(b.queue, &b.jobs[JOBS_COUNT - 1].link));
    assert_false(work_queue_wait(b.queue));
    work_queue_close(b.queue);
    end(&b);
    work_queue_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_are_done_once_and_in_order),
        cmocka_unit_test(a_full_queue_refuses_until_something_is_finished),
        cmocka_unit_test(finishing_may_submit),
        cmocka_unit_test(closing_finishes_what_waits_and_takes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

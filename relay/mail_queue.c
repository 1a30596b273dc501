// SPDX-License-Identifier: MIT
#include "relay/mail_queue.h"

#include <assert.h>
#include <stdlib.h>

static void append(struct mail_queue *q, struct mail *mail) {
    mail->next = NULL;
    if (q->first)
        q->last->next = mail;
    else
        q->first = mail;
    q->last = mail;
}

bool mail_queue_put(struct mail_queue *q, struct mail *take, uint64_t now_us) {
    if (q->count >= LIMIT_MAILS_WAITING_COUNT)
        return false;
    take->tries = 0;
    take->due_us = now_us;
    append(q, take);
    q->count++;
    return true;
}

struct mail *mail_queue_take(struct mail_queue *q, uint64_t now_us, uint64_t *wait_us) {
    struct mail *before = NULL;
    *wait_us = UINT64_MAX;
    for (struct mail *m = q->first; m; before = m, m = m->next) {
        if (m->due_us > now_us) {
            if (m->due_us - now_us < *wait_us)
                *wait_us = m->due_us - now_us;
            continue;
        }
        if (before)
            before->next = m->next;
        else
            q->first = m->next;
        if (q->last == m)
            q->last = before;
        m->next = NULL;
        return m;
    }
    return NULL;
}

bool mail_queue_tried(struct mail_queue *q, struct mail *mail, enum mail_fate fate,
                      uint64_t now_us) {
    assert(q->count);
    mail->tries++;
    if (fate != MAIL_PUT_OFF || mail->tries >= LIMIT_MAIL_TRIES_COUNT) {
        q->count--;
        return false;
    }
    mail->due_us = now_us + (LIMIT_MAIL_RETRY_US << (2 * (mail->tries - 1)));
    append(q, mail);
    return true;
}

void mail_queue_hurry(struct mail_queue *q, uint64_t now_us) {
    for (struct mail *m = q->first; m; m = m->next)
        m->due_us = now_us;
}

void mail_queue_dispose(struct mail_queue *q) {
    for (struct mail *m = q->first, *next; m; m = next) {
        next = m->next;
        free(m);
    }
    *q = (struct mail_queue){0};
}

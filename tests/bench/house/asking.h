// SPDX-License-Identifier: MIT
// One connection to an HTTP/1.1 server on this machine, over which one request after another is
// asked, each when the answer before it has come whole. Never blocks. Not thread-safe; the caller
// owns the memory.
#ifndef TABCAST_BENCH_HOUSE_ASKING_H
#define TABCAST_BENCH_HOUSE_ASKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASKING_HEAD_BYTES 4096

// A request as it goes over the wire; borrowed until it is answered.
struct ask {
    const char *bytes;
    size_t len;
};

enum asking_state { ASKING_CLOSED, ASKING_IDLE, ASKING_CONNECTING, ASKING_UNDER_WAY };
enum asking_news { ASKING_NOTHING, ASKING_ANSWERED, ASKING_LOST };

struct asking {
    int fd;
    enum asking_state state;
    unsigned
        address; // it asks from 127.0.0.(2 + address), so that limits per address hold it apart
    const struct ask *ask;
    size_t sent;
    uint64_t due_us; // the caller's: when it should have been asked
    unsigned status; // of the newest answer
    uint64_t read_bytes;
    // Of the answer that is being read.
    char head[ASKING_HEAD_BYTES];
    size_t head_len;
    int64_t body_left; // -1: the head is not whole
    bool closes;       // the server, after this answer
    struct asking *next_idle;
};

// Connects when there is no connection, and asks. 0, or -1 when there are no descriptors left.
int asking_begin(struct asking *a, int epoll_fd, uint16_t port, const struct ask *ask);
// When epoll tells of it. ASKING_LOST: the connection ended before the answer did.
enum asking_news asking_work(struct asking *a);
void asking_close(struct asking *a);

#endif

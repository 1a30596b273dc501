// SPDX-License-Identifier: MIT
// A bad line between two network namespaces: a TUN device in each (10.77.0.1 and 10.77.0.2), and
// whatever IP packet comes in at one goes out at the other, later, at a rate, or not at all. TCP
// and UDP meet it as they would meet a router.
//
//   impaired_link NAMESPACE_A NAMESPACE_B
//
// Prints "ready", then obeys lines on stdin until that ends; a line replaces what was before, in
// both directions:
//   line DELAY_MS JITTER_MS LOSS_PERMILLE RATE_KBIT QUEUE_KB    rate 0: as fast as it comes
//   outage MS                                                   from now on for so long nothing
//   gets through
// At the end prints how many packets came through, were lost by chance, by the outage and by a full
// queue.
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define PACKET_BYTES 2048
#define SLOTS 8192 // of a direction; more than any queue here holds

struct packet {
    uint64_t due_us;
    size_t len;
    unsigned char bytes[PACKET_BYTES];
};

struct direction {
    int from, to;
    struct packet *slots; // a ring
    size_t first, count, bytes;
    uint64_t free_us; // when the line has sent what it was given so far
    uint64_t last_due_us;
};

static struct {
    uint64_t delay_us, jitter_us, rate_kbit, queue_bytes;
    unsigned loss_permille;
    uint64_t outage_until_us;
} line = {.queue_bytes = 4u << 20};

static struct { unsigned long through, lost, outage, full; } counts;

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void fail(const char *what) {
    fprintf(stderr, "impaired_link: %s: %s\n", what, strerror(errno));
    exit(1);
}

// A TUN device of that namespace; the descriptor works from any.
static int open_tun(const char *namespace) {
    char path[256];
    snprintf(path, sizeof(path), "/run/netns/%s", namespace);
    const int ns = open(path, O_RDONLY | O_CLOEXEC);
    if (ns < 0 || setns(ns, CLONE_NEWNET) != 0)
        fail(path);
    close(ns);
    const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(request.ifr_name, sizeof(request.ifr_name), "line0");
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0)
        fail("/dev/net/tun");
    return fd;
}

static double chance(void) { return (double)rand() / ((double)RAND_MAX + 1); }

static void take(struct direction *d, const unsigned char *bytes, size_t len, uint64_t now) {
    if (now < line.outage_until_us) {
        counts.outage++;
        return;
    }
    if (chance() * 1000 < line.loss_permille) {
        counts.lost++;
        return;
    }
    // Only what waits for its turn on the line counts against the queue, not what is under way.
    const uint64_t backlog_us = d->free_us > now ? d->free_us - now : 0;
    if (d->count == SLOTS || backlog_us * line.rate_kbit / 8000 + len > line.queue_bytes) {
        counts.full++;
        return;
    }
    if (line.rate_kbit)
        d->free_us = (d->free_us > now ? d->free_us : now) + len * 8000 / line.rate_kbit;
    else
        d->free_us = now;
    const double jitter_us = (chance() * 2 - 1) * (double)line.jitter_us;
    uint64_t due_us = d->free_us + line.delay_us;
    if (jitter_us > 0)
        due_us += (uint64_t)jitter_us;
    else if ((uint64_t)-jitter_us < line.delay_us)
        due_us -= (uint64_t)-jitter_us;
    if (due_us < d->last_due_us)
        due_us = d->last_due_us; // it delays, it does not reorder
    d->last_due_us = due_us;
    struct packet *const p = &d->slots[(d->first + d->count++) % SLOTS];
    p->due_us = due_us;
    p->len = len;
    memcpy(p->bytes, bytes, len);
}

static void read_all(struct direction *d, uint64_t now) {
    unsigned char bytes[PACKET_BYTES];
    for (;;) {
        const ssize_t n = read(d->from, bytes, sizeof(bytes));
        if (n <= 0)
            return; // nothing more, or a device that is not up yet
        take(d, bytes, (size_t)n, now);
    }
}

// Returns when the next one is due, or UINT64_MAX.
static uint64_t send_due(struct direction *d, uint64_t now) {
    while (d->count) {
        struct packet *const p = &d->slots[d->first];
        if (p->due_us > now)
            return p->due_us;
        if (write(d->to, p->bytes, p->len) == (ssize_t)p->len)
            counts.through++;
        d->first = (d->first + 1) % SLOTS;
        d->count--;
    }
    return UINT64_MAX;
}

static void obey(const char *text, uint64_t now) {
    unsigned long delay_ms, jitter_ms, loss_permille, rate_kbit, queue_kb, outage_ms;
    if (sscanf(text, "line %lu %lu %lu %lu %lu", &delay_ms, &jitter_ms, &loss_permille, &rate_kbit,
               &queue_kb) == 5) {
        line.delay_us = delay_ms * 1000;
        line.jitter_us = jitter_ms * 1000;
        line.loss_permille = (unsigned)loss_permille;
        line.rate_kbit = rate_kbit;
        line.queue_bytes = queue_kb * 1024;
    } else if (sscanf(text, "outage %lu", &outage_ms) == 1) {
        line.outage_until_us = now + outage_ms * 1000;
    } else {
        fprintf(stderr, "impaired_link: not understood: %s", text);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("impaired_link NAMESPACE_A NAMESPACE_B\n", stderr);
        return 2;
    }
    srand(1);
    const int a = open_tun(argv[1]), b = open_tun(argv[2]);
    struct direction directions[2] = {{.from = a, .to = b}, {.from = b, .to = a}};
    for (int i = 0; i < 2; i++) {
        directions[i].slots = calloc(SLOTS, sizeof(struct packet));
        if (!directions[i].slots)
            fail("memory");
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        const uint64_t from_us = now_us();
        uint64_t due_us = UINT64_MAX;
        for (int i = 0; i < 2; i++) {
            const uint64_t d = send_due(&directions[i], from_us);
            due_us = d < due_us ? d : due_us;
        }
        struct pollfd fds[3] = {
            {.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}, {.events = POLLIN}};
        const uint64_t wait_us = due_us == UINT64_MAX ? 1000000 : due_us - from_us;
        const struct timespec wait = {.tv_sec = (time_t)(wait_us / 1000000),
                                      .tv_nsec = (long)(wait_us % 1000000) * 1000};
        if (ppoll(fds, 3, &wait, NULL) < 0 && errno != EINTR)
            fail("ppoll");
        const uint64_t now = now_us();
        for (int i = 0; i < 2; i++)
            read_all(&directions[i], now);
        if (fds[2].revents) {
            char text[256];
            const ssize_t n = read(STDIN_FILENO, text, sizeof(text) - 1); // a line is one write
            if (n <= 0)
                break;
            text[n] = '\0';
            obey(text, now);
        }
    }
    printf("%lu through, %lu lost by chance, %lu in an outage, %lu for a full queue\n",
           counts.through, counts.lost, counts.outage, counts.full);
    return 0;
}

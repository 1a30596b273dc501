// SPDX-License-Identifier: MIT
// Durable writes a second of the SQLite store in a folder: one after the other, and as many in
// flight as given. Usage: store_bench FOLDER [SECONDS]
#include "relay/store_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct run {
    struct store *store;
    double until_s;
    size_t done;
};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_next(struct run *r);

static void on_written(void *ctx, enum store_status status, const struct store_show *rows,
                       size_t count) {
    (void)rows;
    (void)count;
    struct run *const r = ctx;
    if (status != STORE_OK)
        exit(1);
    r->done++;
    if (now_s() < r->until_s)
        write_next(r);
}

static void write_next(struct run *r) {
    struct store_show show = {
        .about = {.title = "A show of the benchmark", .description = "no more"}};
    random_id(show.id);
    if (store_show_create(r->store, &show, NULL, on_written, r) != STORE_OK)
        exit(1);
}

static void measure(struct store *s, size_t in_flight, double seconds) {
    const double begun_s = now_s();
    struct run run = {.store = s, .until_s = begun_s + seconds};
    for (size_t i = 0; i < in_flight; i++)
        write_next(&run);
    store_drain(s);
    printf("%5zu in flight: %8.0f durable writes/s\n", in_flight,
           (double)run.done / (now_s() - begun_s));
}

int main(int argc, char **argv) {
    static const size_t in_flight[] = {1, 8, 64, 512, 4096};
    char path[512], error[STORE_ERROR_BYTES];
    const double seconds = argc > 2 ? strtod(argv[2], NULL) : 3;
    if (argc < 2 || random_start() != 0)
        return 2;
    snprintf(path, sizeof(path), "%s/store_bench.db", argv[1]);
    const struct store_config config = {0};
    struct store *const s = store_sqlite_open(&config, path, error);
    if (!s) {
        fprintf(stderr, "store_bench: %s\n", error);
        return 1;
    }
    for (size_t i = 0; i < sizeof(in_flight) / sizeof(in_flight[0]); i++)
        measure(s, in_flight[i], seconds);
    store_close(s);
    unlink(path);
    return 0;
}

// SPDX-License-Identifier: MIT
// How long searches take in a store of many shows: fills FOLDER/tabcast.db once, then asks for
// words that stand in most, in some and in few shows, one search at a time. Usage: search_bench
// FOLDER [SHOWS] [SEARCHES]
#include "made_words.h"
#include "relay/store_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define IN_FLIGHT 1024

struct filling {
    struct store *store;
    size_t made, wanted;
    unsigned seed;
};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make_next(struct filling *f);

static void on_made(void *ctx, enum store_status status, const struct store_show *rows,
                    size_t count) {
    (void)rows;
    (void)count;
    if (status != STORE_OK)
        exit(1);
    make_next(ctx);
}

static void make_next(struct filling *f) {
    struct store_show show = {.created_us = 1700000000000000LL + (int64_t)f->made * 1000000};
    if (f->made == f->wanted)
        return;
    random_id(show.id);
    for (unsigned i = 0; i < 4; i++)
        made_word_add(show.about.title, sizeof(show.about.title), &f->seed);
    for (unsigned i = 0; i < 14; i++)
        made_word_add(show.about.description, sizeof(show.about.description), &f->seed);
    show.state = f->made % 2000 == 0 ? STORE_SHOW_LIVE
                 : f->made % 10 == 0 ? STORE_SHOW_SCHEDULED
                                     : STORE_SHOW_ENDED;
    show.started_us = show.state == STORE_SHOW_SCHEDULED ? 0 : show.created_us;
    f->made++;
    if (store_show_create(f->store, &show, NULL, on_made, f) != STORE_OK)
        exit(1);
}

static void fill(struct store *s, size_t count) {
    struct filling filling = {.store = s, .wanted = count, .seed = 7};
    for (size_t i = 0; i < IN_FLIGHT; i++)
        make_next(&filling);
    store_drain(s);
}

static void on_found(void *ctx, enum store_status status, const struct store_show *rows,
                     size_t count) {
    (void)rows;
    if (status != STORE_OK)
        exit(1);
    *(size_t *)ctx = count;
}

static int by_size(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static void ask(struct store *s, const char *words, const char *category, size_t times) {
    struct store_show_query query = {.state = -1, .limit = 25};
    double *const took_ms = calloc(times, sizeof(*took_ms));
    size_t found = 0;
    if (!took_ms)
        exit(1);
    snprintf(query.words, sizeof(query.words), "%s", words);
    snprintf(query.category, sizeof(query.category), "%s", category);
    for (size_t i = 0; i < times; i++) {
        const double begun_s = now_s();
        if (store_show_search(s, &query, on_found, &found) != STORE_OK)
            exit(1);
        store_drain(s);
        took_ms[i] = (now_s() - begun_s) * 1000;
    }
    qsort(took_ms, times, sizeof(*took_ms), by_size);
    printf("%-28s %-6s %3zu found  p50 %7.2f ms  p95 %7.2f ms\n", words, category, found,
           took_ms[times / 2], took_ms[times * 95 / 100]);
    free(took_ms);
}

int main(int argc, char **argv) {
    static const char *const searches[] = {
        "show",     "sho",     "s",    "drawing", "draw birds", "show live piano",
        "learning", "word123", "word", "dravving"};
    char path[512], error[STORE_ERROR_BYTES];
    const size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000;
    const size_t times = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;
    const struct store_config config = {0};
    if (argc < 2 || !count || !times || random_start() != 0)
        return 2;
    snprintf(path, sizeof(path), "%s/tabcast.db", argv[1]);
    const bool is_there = access(path, F_OK) == 0;
    struct store *const s = store_sqlite_open(&config, path, error);
    if (!s) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    if (!is_there)
        fill(s, count);
    for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++)
        ask(s, searches[i], "", times);
    ask(s, "show", "music", times); // nothing has it: all candidates are looked at
    store_close(s);
    return 0;
}

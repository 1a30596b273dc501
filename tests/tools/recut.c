// SPDX-License-Identifier: MIT
// Records a WebM file as if a tab had sent it: cuts it into wire messages, hands them to the
// recorder, finishes, and says what came of it. `recut INPUT.webm DIR ID [--pace]`; --pace keeps to
// the file's own time. INPUT as live muxers write it (ffmpeg -f webm -live 1 - | cat).
#include "relay/recorder.h"
#include "tests/unit/wire_cutter.h"

#include <inttypes.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void on_wake(void *ctx) { sem_post(ctx); }

static void wait_until(const struct timespec *start, uint64_t us) {
    struct timespec at = *start;
    at.tv_sec += (time_t)(us / 1000000);
    at.tv_nsec += (long)(us % 1000000) * 1000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static const char usage[] =
    "usage: recut INPUT.webm DIR ID [--pace | --sound-only | --pictures-only]\n"
    "  --pace  keep to the file's own time\n";

// Leaves one track out, in the init segment too.
static void leave_out(struct wire_cutter *cutter, uint8_t kind) {
    if (kind == WIRE_VIDEO)
        cutter->tracks.width = cutter->tracks.height = 0;
    else
        cutter->tracks.channels = 0;
    message_unref(cutter->messages[0]);
    cutter->messages[0] = wire_make_init(&cutter->tracks);
    size_t kept = 1;
    for (size_t i = 1; i < cutter->count; i++) {
        if (cutter->messages[i]->header.kind == kind)
            message_unref(cutter->messages[i]);
        else
            cutter->messages[kept++] = cutter->messages[i];
    }
    cutter->count = kept;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fputs(usage, stderr);
        return 2;
    }
    const char *const option = argc > 4 ? argv[4] : "";
    const int is_paced = strcmp(option, "--pace") == 0;
    struct wire_cutter cutter;
    wire_cutter_open(&cutter, argv[1]);
    if (strcmp(option, "--sound-only") == 0)
        leave_out(&cutter, WIRE_VIDEO);
    else if (strcmp(option, "--pictures-only") == 0)
        leave_out(&cutter, WIRE_AUDIO);
    sem_t woken;
    sem_init(&woken, 0, 0);
    const struct recorder_config config = {.dir = argv[2], .wake = on_wake, .wake_ctx = &woken};
    struct recorder *const recorder = recorder_create(&config);
    if (!recorder) {
        perror(argv[2]);
        return 1;
    }
    const struct recording_info info = {
        .id = argv[3], .title = argv[1], .started_at_ms = time(NULL) * 1000LL};
    struct recording *const recording = recording_open(recorder, &info);
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (size_t i = 0; i < cutter.count; i++) {
        if (is_paced)
            wait_until(&start, cutter.messages[i]->header.timestamp_us);
        recording_append(recording, cutter.messages[i]);
    }
    recording_finish(recording);
    struct recorder_event event;
    do {
        sem_wait(&woken);
        if (!recorder_poll(recorder, &event))
            continue;
        printf("event %d id %s duration_ms %" PRIu64 " size_bytes %" PRIu64 " %s\n", event.kind,
               event.id, event.duration_ms, event.size_bytes, event.detail);
    } while (event.kind != RECORDER_FINALISED && event.kind != RECORDER_FAILED);
    struct recorder_stats stats;
    recorder_stats_read(recorder, &stats);
    printf("frames_written %" PRIu64 " left_out %" PRIu64 " errors %" PRIu64
           " max_behind_ms %" PRIu64 "\n",
           stats.frames_written, stats.frames_left_out, stats.write_errors, stats.max_behind_ms);
    recorder_destroy(recorder);
    wire_cutter_close(&cutter);
    sem_destroy(&woken);
    return event.kind == RECORDER_FINALISED ? 0 : 1;
}

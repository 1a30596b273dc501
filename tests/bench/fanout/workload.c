// SPDX-License-Identifier: MIT
#include "bench.h"

#include "shared/limits.h"
#include "shared/webm_writer.h"
#include "shared/wire.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define KEY_BYTES 64000
#define KEY_EVERY 60
#define DELTA_LEAST_BYTES 3600
#define DELTA_MOST_BYTES 10800
#define AUDIO_BYTES 160
#define VIDEO_PER_SECOND 30
#define AUDIO_PER_SECOND 50

static size_t write_frame(uint8_t *out, size_t cap, struct wire_header header, uint8_t track,
                          size_t bytes) {
    wire_header_write(out, &header);
    const size_t head =
        webm_write_cluster_head(out + WIRE_HEADER_LEN, cap - WIRE_HEADER_LEN, track,
                                header.timestamp_us / 1000, header.flags & WIRE_KEY, bytes);
    memset(out + WIRE_HEADER_LEN + head, (int)header.sequence, bytes);
    return WIRE_HEADER_LEN + head + bytes;
}

size_t bench_video(uint8_t *out, size_t cap, uint32_t n, uint64_t timestamp_us) {
    static const uint8_t layers[] = {0, 2, 1, 2};
    const int is_key = n % KEY_EVERY == 0;
    // Spread evenly over the range by a step that does not divide it.
    const size_t delta = DELTA_LEAST_BYTES + n * 2741u % (DELTA_MOST_BYTES - DELTA_LEAST_BYTES);
    const uint8_t layer = is_key ? 0 : layers[n % 4];
    const struct wire_header header = {.kind = WIRE_VIDEO,
                                       .flags = (uint8_t)(is_key       ? WIRE_KEY
                                                          : n % 8 == 2 ? WIRE_SYNC
                                                                       : 0),
                                       .temporal_id = layer,
                                       .sequence = n,
                                       .timestamp_us = timestamp_us};
    return write_frame(out, cap, header, WEBM_TRACK_VIDEO, is_key ? KEY_BYTES : delta);
}

size_t bench_audio(uint8_t *out, size_t cap, uint32_t n, uint64_t timestamp_us) {
    const struct wire_header header = {
        .kind = WIRE_AUDIO, .flags = WIRE_KEY, .sequence = n, .timestamp_us = timestamp_us};
    return write_frame(out, cap, header, WEBM_TRACK_AUDIO, AUDIO_BYTES);
}

static void send_init(int fd, uint8_t *body, uint8_t *scratch) {
    const struct wire_header header = {.kind = WIRE_INIT};
    const struct webm_tracks tracks = {
        .width = 1280, .height = 720, .channels = 2, .pre_skip = 312};
    wire_header_write(body, &header);
    const size_t len = webm_write_init(body + WIRE_HEADER_LEN, LIMIT_INIT_BYTES, &tracks);
    bench_send_binary(fd, body, WIRE_HEADER_LEN + len, scratch);
}

static void sleep_until(uint64_t at_us) {
    const struct timespec t = {.tv_sec = (time_t)(at_us / 1000000),
                               .tv_nsec = (long)(at_us % 1000000) * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
        ;
}

void *bench_publish(void *publisher) {
    static uint8_t body[LIMIT_MEDIA_MESSAGE_BYTES], scratch[LIMIT_MEDIA_MESSAGE_BYTES + 16];
    struct bench_publisher *const p = publisher;
    const int fd = bench_join(p->port, p->id, p->key, "publish");
    uint32_t video = 0, audio = 0;
    char drain[65536];
    bench_send_text(fd, "{\"type\":\"start\",\"timestampMs\":0}");
    send_init(fd, body, scratch);
    const uint64_t epoch_us = bench_now_us();
    while (!p->is_stopped) {
        const uint64_t video_us = (uint64_t)video * 1000000 / VIDEO_PER_SECOND;
        const uint64_t audio_us = (uint64_t)audio * 1000000 / AUDIO_PER_SECOND;
        const int is_video = video_us <= audio_us;
        const uint64_t at_us = is_video ? video_us : audio_us;
        const uint32_t n = is_video ? video++ : audio++;
        const size_t len = is_video ? bench_video(body, sizeof(body), n, at_us)
                                    : bench_audio(body, sizeof(body), n, at_us);
        sleep_until(epoch_us + at_us);
        p->sent->at_us[is_video ? WIRE_VIDEO : WIRE_AUDIO][n % BENCH_SEQUENCE_COUNT] =
            bench_now_us();
        bench_send_binary(fd, body, len, scratch);
        p->sent->message_count++;
        while (recv(fd, drain, sizeof(drain), MSG_DONTWAIT) > 0)
            ;
    }
    close(fd);
    return NULL;
}

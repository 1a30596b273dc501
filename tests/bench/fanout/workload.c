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

static size_t make_video(uint8_t *out, size_t cap, double scale, uint32_t n,
                         uint64_t timestamp_us) {
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
    return write_frame(out, cap, header, WEBM_TRACK_VIDEO,
                       (size_t)((double)(is_key ? KEY_BYTES : delta) * scale));
}

static size_t make_audio(uint8_t *out, size_t cap, uint32_t n, uint64_t timestamp_us) {
    const struct wire_header header = {
        .kind = WIRE_AUDIO, .flags = WIRE_KEY, .sequence = n, .timestamp_us = timestamp_us};
    return write_frame(out, cap, header, WEBM_TRACK_AUDIO, AUDIO_BYTES);
}

static void start_show(const struct bench_server *server, int fd) {
    uint8_t body[WIRE_HEADER_LEN + LIMIT_INIT_BYTES];
    const struct wire_header header = {.kind = WIRE_INIT};
    const struct webm_tracks tracks = {
        .width = 1280, .height = 720, .channels = 2, .pre_skip = 312};
    bench_send_text(fd, "{\"type\":\"start\",\"timestampMs\":0}");
    wire_header_write(body, &header);
    const size_t len = webm_write_init(body + WIRE_HEADER_LEN, LIMIT_INIT_BYTES, &tracks);
    bench_publish_media(server, fd, body, WIRE_HEADER_LEN + len);
}

static void sleep_until(uint64_t at_us) {
    const struct timespec t = {.tv_sec = (time_t)(at_us / 1000000),
                               .tv_nsec = (long)(at_us % 1000000) * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
        ;
}

static void drain(int fd) {
    static char bytes[65536];
    while (bench_recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
        ;
}

// What is due next in the room: *is_video, and when after the room's start.
static uint64_t next_due_us(const uint32_t next[2], int *is_video) {
    const uint64_t video_us = (uint64_t)next[1] * 1000000 / VIDEO_PER_SECOND;
    const uint64_t audio_us = (uint64_t)next[0] * 1000000 / AUDIO_PER_SECOND;
    *is_video = video_us <= audio_us;
    return *is_video ? video_us : audio_us;
}

static void publish_one(struct bench_publisher *p, int room, int fd, int is_video, uint32_t n,
                        uint64_t timestamp_us) {
    static uint8_t body[LIMIT_MEDIA_MESSAGE_BYTES];
    const size_t len = is_video ? make_video(body, sizeof(body), p->scale, n, timestamp_us)
                                : make_audio(body, sizeof(body), n, timestamp_us);
    p->sent->at_us[room][is_video ? WIRE_VIDEO : WIRE_AUDIO][n % BENCH_SEQUENCE_COUNT] =
        bench_now_us();
    bench_publish_media(p->server, fd, body, len);
    p->sent->message_count++;
}

// Rooms start one after the other within a frame's time, so that they do not all speak at once.
static void publish_media(struct bench_publisher *p) {
    const int rooms = p->server->room_count;
    int fds[BENCH_ROOMS_COUNT];
    uint32_t next[BENCH_ROOMS_COUNT][2] = {0};
    for (int room = 0; room < rooms; room++) {
        fds[room] = bench_join_publisher(p->server, room, 0);
        if (p->server->kind == BENCH_TABCAST)
            start_show(p->server, fds[room]);
    }
    const uint64_t epoch_us = bench_now_us();
    while (!p->is_stopped) {
        int earliest = 0, is_video = 0, is_earliest_video = 0;
        uint64_t at_us = UINT64_MAX, offset_us = 0;
        for (int room = 0; room < rooms; room++) {
            const uint64_t room_us = (uint64_t)room * 33333 / (uint64_t)rooms;
            const uint64_t due_us = next_due_us(next[room], &is_video) + room_us;
            if (due_us < at_us) {
                at_us = due_us;
                offset_us = room_us;
                earliest = room;
                is_earliest_video = is_video;
            }
        }
        sleep_until(epoch_us + at_us);
        publish_one(p, earliest, fds[earliest], is_earliest_video,
                    next[earliest][is_earliest_video]++, at_us - offset_us);
        drain(fds[earliest]);
    }
    for (int room = 0; room < rooms; room++)
        bench_close(fds[room]);
}

// One line a second each where a person may not speak faster; else one speaker.
static void publish_texts(struct bench_publisher *p) {
    const int speakers = p->server->kind == BENCH_TABCAST ? BENCH_TEXTS_PER_SECOND + 5 : 1;
    int fds[BENCH_TEXTS_PER_SECOND + 5];
    char text[BENCH_TEXT_BYTES + 1];
    for (int i = 0; i < speakers; i++)
        fds[i] = bench_join_publisher(p->server, 0, 1);
    const uint64_t epoch_us = bench_now_us();
    for (uint32_t n = 0; !p->is_stopped; n++) {
        memset(text, 'x', BENCH_TEXT_BYTES);
        text[BENCH_TEXT_BYTES] = '\0';
        text[snprintf(text, 10, "#%07u#", n)] = 'x';
        sleep_until(epoch_us + (uint64_t)n * 1000000 / BENCH_TEXTS_PER_SECOND);
        p->sent->at_us[0][BENCH_CHAT_KIND][n % BENCH_SEQUENCE_COUNT] = bench_now_us();
        bench_publish_text(p->server, fds[n % (uint32_t)speakers], text);
        p->sent->message_count++;
        for (int i = 0; i < speakers; i++)
            drain(fds[i]);
    }
    for (int i = 0; i < speakers; i++)
        bench_close(fds[i]);
}

void *bench_publish(void *publisher) {
    struct bench_publisher *const p = publisher;
    if (p->workload == BENCH_W3)
        publish_texts(p);
    else
        publish_media(p);
    return NULL;
}

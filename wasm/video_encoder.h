// SPDX-License-Identifier: MIT
// Pictures in, VIDEO wire messages out: libvpx's VP8 in real time (one pass, CBR), with temporal
// layers that a relay may drop. Owns one rendition: its input picture, rate control, layer pattern,
// key frames and sequence numbers. Takes time as an argument; knows no clock. Not thread-safe; one
// handle is used by one thread at a time.
#ifndef TABCAST_WASM_VIDEO_ENCODER_H
#define TABCAST_WASM_VIDEO_ENCODER_H

#include <stddef.h>
#include <stdint.h>

enum video_profile {
    VIDEO_PROFILE_CAMERA = 0,
    VIDEO_PROFILE_SCREEN = 1, // text and windows: sharp, few changes
};

#define VIDEO_SIDE_MIN_PIXELS 16
#define VIDEO_THREADS_MAX 4
// libvpx takes -16..-1 in real time; positive values would adapt themselves to measured time.
#define VIDEO_CPU_USED_FASTEST (-16)
#define VIDEO_CPU_USED_BEST (-1)
#define VIDEO_BITRATE_MIN_BPS 10000
#define VIDEO_BITRATE_MAX_BPS 50000000
#define VIDEO_FRAME_RATE_MAX 120

struct video_encoder_config {
    unsigned width;           // pixels, even, VIDEO_SIDE_MIN_PIXELS..LIMIT_VIDEO_SIDE_PIXELS
    unsigned height;          // likewise
    double frames_per_second; // nominal, 1..VIDEO_FRAME_RATE_MAX; rate control reckons with it
    uint32_t bitrate_bps;     // of all layers together
    enum video_profile profile;
    int cpu_used;             // VIDEO_CPU_USED_FASTEST..VIDEO_CPU_USED_BEST
    unsigned temporal_layers; // 1..LIMIT_TEMPORAL_LAYERS_COUNT
    uint32_t key_interval_ms; // longest time from key frame to key frame; 0 = only when asked
    unsigned threads;         // 1..VIDEO_THREADS_MAX
    uint8_t rendition;        // 0..LIMIT_RENDITIONS_COUNT - 1
    uint32_t sequence;        // of the first message
};

struct video_encoder;

// 0 and *out, or CODEC_ERR_ARGUMENT, CODEC_ERR_MEMORY, CODEC_ERR_ENCODE.
int video_encoder_create(struct video_encoder **out, const struct video_encoder_config *config);
void video_encoder_destroy(struct video_encoder *e); // NULL is allowed

// The picture that encode() takes, I420, BT.601 limited: planes Y, U, V lie one behind the other in
// one allocation, valid until destroy. Rows are multiples of 16 bytes apart.
uint8_t *video_encoder_plane(struct video_encoder *e, unsigned plane);
unsigned video_encoder_stride(const struct video_encoder *e, unsigned plane); // bytes
unsigned video_encoder_width(const struct video_encoder *e);
unsigned video_encoder_height(const struct video_encoder *e);

// Encodes the input picture, taken at timestamp_us (not before the last one). CODEC_READY:
// message() is there; CODEC_NONE: rate control dropped the picture, a key frame that was due stays
// due; or a negative status.
int video_encoder_encode(struct video_encoder *e, uint64_t timestamp_us, int force_key);

// The last message: wire header and Cluster. Valid until the next encode or destroy.
const uint8_t *video_encoder_message(const struct video_encoder *e);
size_t video_encoder_message_len(const struct video_encoder *e);
uint32_t video_encoder_sequence(const struct video_encoder *e); // of the next message

// All three hold from the next picture on; 0 or CODEC_ERR_ARGUMENT, CODEC_ERR_ENCODE.
int video_encoder_set_bitrate(struct video_encoder *e, uint32_t bitrate_bps);
int video_encoder_set_cpu_used(struct video_encoder *e, int cpu_used);
int video_encoder_set_frame_rate(struct video_encoder *e, double frames_per_second);

#endif

// SPDX-License-Identifier: MIT
// 10 ms of 48 kHz sound in, an AUDIO wire message out: libopus, VBR, no DTX (sound is the clock: a
// muted microphone sends silence), no FEC (nothing is lost over TCP). Owns its input samples and
// sequence numbers. Not thread-safe.
#ifndef TABCAST_WASM_AUDIO_ENCODER_H
#define TABCAST_WASM_AUDIO_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#define AUDIO_RATE_HZ 48000
#define AUDIO_FRAME_SAMPLES 480 // per channel: 10 ms

enum audio_application {
    AUDIO_APPLICATION_SPEECH = 0, // OPUS_APPLICATION_VOIP
    AUDIO_APPLICATION_MUSIC = 1,  // OPUS_APPLICATION_AUDIO
};

struct audio_encoder_config {
    unsigned channels;    // 1 or 2
    uint32_t bitrate_bps; // 6000..256000 per channel, see opus_encoder_ctl(3)
    enum audio_application application;
    int complexity;        // 0..10
    uint32_t sequence;     // of the first message
    uint8_t is_mixed_down; // two channels in, one coded: for a voice at half the bits
};

// What libopus says it is set to.
enum audio_setting {
    AUDIO_SETTING_APPLICATION = 0, // an enum audio_application
    AUDIO_SETTING_BITRATE = 1,     // bits a second
    AUDIO_SETTING_CHANNELS = 2,    // that are coded
    AUDIO_SETTING_COMPLEXITY = 3,
    AUDIO_SETTING_DTX = 4,
    AUDIO_SETTING_FEC = 5,
    AUDIO_SETTING_VBR = 6,
};

struct audio_encoder;

// 0 and *out, or CODEC_ERR_ARGUMENT, CODEC_ERR_MEMORY, CODEC_ERR_ENCODE.
int audio_encoder_create(struct audio_encoder **out, const struct audio_encoder_config *config);
void audio_encoder_destroy(struct audio_encoder *e); // NULL is allowed

// AUDIO_FRAME_SAMPLES samples of one channel, -1..1, that encode() takes; valid until destroy.
float *audio_encoder_samples(struct audio_encoder *e, unsigned channel);
unsigned audio_encoder_pre_skip(const struct audio_encoder *e); // samples at 48 kHz, for OpusHead

// timestamp_us: when the first sample was heard, not before the last one. CODEC_READY or a negative
// status.
int audio_encoder_encode(struct audio_encoder *e, uint64_t timestamp_us);

// As video_encoder's.
const uint8_t *audio_encoder_message(const struct audio_encoder *e);
size_t audio_encoder_message_len(const struct audio_encoder *e);
uint32_t audio_encoder_sequence(const struct audio_encoder *e);

int audio_encoder_set_bitrate(struct audio_encoder *e, uint32_t bitrate_bps);
int audio_encoder_set_complexity(struct audio_encoder *e, int complexity);

// The value, 0 or more, or CODEC_ERR_ARGUMENT, CODEC_ERR_ENCODE.
int audio_encoder_setting(const struct audio_encoder *e, enum audio_setting setting);

#endif

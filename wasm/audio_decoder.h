// SPDX-License-Identifier: MIT
// Opus packets in, planar 48 kHz samples out: libopus. Leaves out the pre-skip at the start and
// after a reset; makes up the sound of packets that never came. Owns the decoder and its samples.
// Not thread-safe; one thread.
#ifndef TABCAST_WASM_AUDIO_DECODER_H
#define TABCAST_WASM_AUDIO_DECODER_H

#include <stddef.h>
#include <stdint.h>

// Samples per channel of the longest packet: 120 ms at 48 kHz (RFC 6716 2.1.4).
#define AUDIO_PACKET_SAMPLES_MAX 5760
// 120 ms are up to 6 frames of 1275 bytes, for two streams of a stereo pair at most (RFC 6716 3.4).
#define AUDIO_PACKET_MAX_LEN (1275 * 6 * 2)
#define AUDIO_PRE_SKIP_MAX_SAMPLES 48000

struct audio_decoder;

// channels 1 or 2, pre_skip up to AUDIO_PRE_SKIP_MAX_SAMPLES. 0, CODEC_ERR_ARGUMENT,
// CODEC_ERR_MEMORY or CODEC_ERR_DECODE.
int audio_decoder_create(struct audio_decoder **out, unsigned channels, unsigned pre_skip);
void audio_decoder_destroy(struct audio_decoder *d); // NULL is allowed

// Both return the number of samples per channel at samples(); 0: all of it was pre-skip. Or
// CODEC_ERR_DECODE, after which the next packet may be decoded, or CODEC_ERR_TOO_LARGE.
int audio_decoder_decode(struct audio_decoder *d, const uint8_t *packet, size_t len);
// For a packet that is missing: as long as the last one was (20 ms at first).
int audio_decoder_conceal(struct audio_decoder *d);

// Samples of one channel of the last call, valid until the next.
const float *audio_decoder_samples(const struct audio_decoder *d, unsigned channel);
// Samples per channel that the last call left out in front.
unsigned audio_decoder_skipped(const struct audio_decoder *d);

// Forgets the past: what comes next is a start again.
void audio_decoder_reset(struct audio_decoder *d);

#endif

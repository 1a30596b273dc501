// SPDX-License-Identifier: MIT
// The only file that knows libopus' decoder.
#include "wasm/audio_decoder.h"

#include "wasm/codec_status.h"

#include <opus.h>
#include <stdlib.h>

#define RATE_HZ 48000
#define FRAME_SAMPLES_DEFAULT 960

struct audio_decoder {
    OpusDecoder *codec;
    unsigned channels;
    unsigned pre_skip;
    unsigned to_skip; // still to leave out
    unsigned skipped; // left out by the last call
    int last_samples; // length of the last packet, for concealing
    float planes[2][AUDIO_PACKET_SAMPLES_MAX];
    float interleaved[2 * AUDIO_PACKET_SAMPLES_MAX];
};

int audio_decoder_create(struct audio_decoder **out, unsigned channels, unsigned pre_skip) {
    *out = NULL;
    if (channels < 1 || channels > 2 || pre_skip > AUDIO_PRE_SKIP_MAX_SAMPLES)
        return CODEC_ERR_ARGUMENT;
    struct audio_decoder *const d = calloc(1, sizeof *d);
    if (d == NULL)
        return CODEC_ERR_MEMORY;
    int error = OPUS_OK;
    d->codec = opus_decoder_create(RATE_HZ, (int)channels, &error);
    if (d->codec == NULL) {
        free(d);
        return error == OPUS_ALLOC_FAIL ? CODEC_ERR_MEMORY : CODEC_ERR_DECODE;
    }
    d->channels = channels;
    d->pre_skip = pre_skip;
    d->to_skip = pre_skip;
    d->last_samples = FRAME_SAMPLES_DEFAULT;
    *out = d;
    return 0;
}

void audio_decoder_destroy(struct audio_decoder *d) {
    if (d == NULL)
        return;
    opus_decoder_destroy(d->codec);
    free(d);
}

// Deals `count` interleaved samples out to the planes, the pre-skip left out.
static int hand_out(struct audio_decoder *d, int decoded) {
    d->skipped = 0;
    if (decoded < 0)
        return CODEC_ERR_DECODE;
    const unsigned count = (unsigned)decoded;
    d->last_samples = decoded;
    d->skipped = d->to_skip < count ? d->to_skip : count;
    d->to_skip -= d->skipped;
    for (unsigned c = 0; c < d->channels; c++) {
        for (unsigned i = d->skipped; i < count; i++)
            d->planes[c][i - d->skipped] = d->interleaved[i * d->channels + c];
    }
    return (int)(count - d->skipped);
}

int audio_decoder_decode(struct audio_decoder *d, const uint8_t *packet, size_t len) {
    if (len > AUDIO_PACKET_MAX_LEN)
        return CODEC_ERR_TOO_LARGE;
    if (len == 0) // would be concealing, to libopus
        return CODEC_ERR_DECODE;
    return hand_out(d, opus_decode_float(d->codec, packet, (opus_int32)len, d->interleaved,
                                         AUDIO_PACKET_SAMPLES_MAX, 0));
}

int audio_decoder_conceal(struct audio_decoder *d) {
    return hand_out(d, opus_decode_float(d->codec, NULL, 0, d->interleaved, d->last_samples, 0));
}

const float *audio_decoder_samples(const struct audio_decoder *d, unsigned channel) {
    return channel < d->channels ? d->planes[channel] : NULL;
}

unsigned audio_decoder_skipped(const struct audio_decoder *d) { return d->skipped; }

void audio_decoder_reset(struct audio_decoder *d) {
    opus_decoder_ctl(d->codec, OPUS_RESET_STATE);
    d->to_skip = d->pre_skip;
    d->skipped = 0;
    d->last_samples = FRAME_SAMPLES_DEFAULT;
}

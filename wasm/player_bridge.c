// SPDX-License-Identifier: MIT
// What player.wasm exports to web/codec/{demuxer,video-decoder,audio-decoder,replay-index}.js:
// numbers and pointers only, as in encoder_bridge.c. No logic lives here.
#include "shared/limits.h"
#include "wasm/audio_decoder.h"
#include "wasm/codec_status.h"
#include "wasm/demuxer.h"
#include "wasm/replay_index.h"
#include "wasm/video_decoder.h"

#include <emscripten.h>
#include <stdlib.h>

#define EXPORT EMSCRIPTEN_KEEPALIVE

struct packet_buffer { // for packets that do not come out of our own demuxer
    uint8_t *bytes;
    size_t cap;
};

struct demuxer_handle {
    struct demuxer *demuxer;
    struct demuxer_packet packet;
};

struct video_handle {
    struct video_decoder *decoder;
    struct video_frame frame;
    struct packet_buffer input;
};

struct audio_handle {
    struct audio_decoder *decoder;
    struct packet_buffer input;
};

static intptr_t packet_buffer_reserve(struct packet_buffer *b, size_t len, size_t max) {
    if (len > max)
        return CODEC_ERR_TOO_LARGE;
    if (len > b->cap) {
        free(b->bytes);
        b->cap = 0;
        b->bytes = malloc(len);
        if (b->bytes == NULL)
            return CODEC_ERR_MEMORY;
        b->cap = len;
    }
    return (intptr_t)b->bytes;
}

// --- Demuxer -------------------------------------------------------------------------------------

EXPORT intptr_t player_demuxer_create(void) {
    struct demuxer_handle *const h = calloc(1, sizeof *h);
    if (h == NULL)
        return CODEC_ERR_MEMORY;
    const int status = demuxer_create(&h->demuxer);
    if (status != 0) {
        free(h);
        return status;
    }
    return (intptr_t)h;
}

EXPORT void player_demuxer_destroy(struct demuxer_handle *h) {
    demuxer_destroy(h->demuxer);
    free(h);
}

EXPORT size_t player_demuxer_write_room(struct demuxer_handle *h) {
    return demuxer_write_room(h->demuxer);
}

EXPORT uint8_t *player_demuxer_write_pointer(struct demuxer_handle *h) {
    return demuxer_write_pointer(h->demuxer);
}

EXPORT int player_demuxer_did_write(struct demuxer_handle *h, size_t len) {
    return demuxer_did_write(h->demuxer, len);
}

EXPORT int player_demuxer_next(struct demuxer_handle *h) {
    return demuxer_next(h->demuxer, &h->packet);
}

EXPORT const uint8_t *player_demuxer_packet_data(struct demuxer_handle *h) {
    return h->packet.data;
}
EXPORT size_t player_demuxer_packet_length(struct demuxer_handle *h) { return h->packet.len; }
EXPORT unsigned player_demuxer_packet_track(struct demuxer_handle *h) { return h->packet.track; }

EXPORT int player_demuxer_packet_is_keyframe(struct demuxer_handle *h) {
    return h->packet.is_keyframe;
}

EXPORT double player_demuxer_packet_timestamp_us(struct demuxer_handle *h) {
    return (double)h->packet.timestamp_us;
}

EXPORT unsigned player_demuxer_track_width(struct demuxer_handle *h) {
    return demuxer_tracks_of(h->demuxer)->width;
}

EXPORT unsigned player_demuxer_track_height(struct demuxer_handle *h) {
    return demuxer_tracks_of(h->demuxer)->height;
}

EXPORT unsigned player_demuxer_track_channels(struct demuxer_handle *h) {
    return demuxer_tracks_of(h->demuxer)->channels;
}

EXPORT unsigned player_demuxer_track_pre_skip(struct demuxer_handle *h) {
    return demuxer_tracks_of(h->demuxer)->pre_skip;
}

// --- Video ---------------------------------------------------------------------------------------

EXPORT intptr_t player_video_create(int is_packed) {
    struct video_handle *const h = calloc(1, sizeof *h);
    if (h == NULL)
        return CODEC_ERR_MEMORY;
    const int status = video_decoder_create(&h->decoder, is_packed);
    if (status != 0) {
        free(h);
        return status;
    }
    return (intptr_t)h;
}

EXPORT void player_video_destroy(struct video_handle *h) {
    video_decoder_destroy(h->decoder);
    free(h->input.bytes);
    free(h);
}

EXPORT intptr_t player_video_write_pointer(struct video_handle *h, size_t len) {
    return packet_buffer_reserve(&h->input, len, LIMIT_MEDIA_MESSAGE_BYTES);
}

EXPORT int player_video_decode(struct video_handle *h, const uint8_t *packet, size_t len) {
    return video_decoder_decode(h->decoder, &h->frame, packet, len);
}

EXPORT unsigned player_video_width(struct video_handle *h) { return h->frame.width; }
EXPORT unsigned player_video_height(struct video_handle *h) { return h->frame.height; }

EXPORT const uint8_t *player_video_plane(struct video_handle *h, unsigned plane) {
    return h->frame.planes[plane];
}

EXPORT unsigned player_video_stride(struct video_handle *h, unsigned plane) {
    return h->frame.strides[plane];
}

// --- Audio ---------------------------------------------------------------------------------------

EXPORT intptr_t player_audio_create(unsigned channels, unsigned pre_skip) {
    struct audio_handle *const h = calloc(1, sizeof *h);
    if (h == NULL)
        return CODEC_ERR_MEMORY;
    const int status = audio_decoder_create(&h->decoder, channels, pre_skip);
    if (status != 0) {
        free(h);
        return status;
    }
    return (intptr_t)h;
}

EXPORT void player_audio_destroy(struct audio_handle *h) {
    audio_decoder_destroy(h->decoder);
    free(h->input.bytes);
    free(h);
}

EXPORT intptr_t player_audio_write_pointer(struct audio_handle *h, size_t len) {
    return packet_buffer_reserve(&h->input, len, AUDIO_PACKET_MAX_LEN);
}

EXPORT int player_audio_decode(struct audio_handle *h, const uint8_t *packet, size_t len) {
    return audio_decoder_decode(h->decoder, packet, len);
}

EXPORT int player_audio_conceal(struct audio_handle *h) {
    return audio_decoder_conceal(h->decoder);
}
EXPORT void player_audio_reset(struct audio_handle *h) { audio_decoder_reset(h->decoder); }

EXPORT const float *player_audio_samples(struct audio_handle *h, unsigned channel) {
    return audio_decoder_samples(h->decoder, channel);
}

EXPORT unsigned player_audio_skipped(struct audio_handle *h) {
    return audio_decoder_skipped(h->decoder);
}

// --- Replay index --------------------------------------------------------------------------------

EXPORT intptr_t player_index_create(void) {
    struct replay_index *index;
    const int status = replay_index_create(&index);
    return status != 0 ? status : (intptr_t)index;
}

EXPORT void player_index_destroy(struct replay_index *r) { replay_index_destroy(r); }
EXPORT size_t player_index_write_room(struct replay_index *r) { return replay_index_write_room(r); }

EXPORT uint8_t *player_index_write_pointer(struct replay_index *r) {
    return replay_index_write_pointer(r);
}

EXPORT int player_index_did_write(struct replay_index *r, size_t len) {
    return replay_index_did_write(r, len);
}

EXPORT int player_index_is_complete(struct replay_index *r) { return replay_index_is_complete(r); }

EXPORT double player_index_init_length(struct replay_index *r) {
    return (double)replay_index_init_len(r);
}

EXPORT double player_index_duration_ms(struct replay_index *r) {
    return (double)replay_index_duration_ms(r);
}

EXPORT size_t player_index_cue_count(struct replay_index *r) { return replay_index_cue_count(r); }

EXPORT double player_index_cue_timestamp_ms(struct replay_index *r, size_t index) {
    return (double)replay_index_cue(r, index)->timestamp_ms;
}

EXPORT double player_index_cue_offset(struct replay_index *r, size_t index) {
    return (double)replay_index_cue(r, index)->offset;
}

// SPDX-License-Identifier: MIT
// The only file that knows libavformat.
#include "wasm/demuxer.h"

#include "shared/limits.h"
#include "shared/webm_scanner.h"
#include "wasm/codec_status.h"

#include <errno.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <stdlib.h>
#include <string.h>

// What FFmpeg asks of the callback at once. Small: it is a copy more, and the heads of elements are
// short.
#define AVIO_BUFFER_BYTES 4096
// OpusHead: "OpusHead", version, channels, pre-skip (RFC 7845 5.1).
#define OPUS_HEAD_PRE_SKIP_AT 10
#define INDEX_MAX_BYTES 4096

struct demuxer {
    struct webm_scanner scanner;
    AVFormatContext *format; // NULL until the first block is there
    AVIOContext *io;
    AVPacket *packet;
    struct demuxer_tracks tracks;
    struct webm_block block; // the next one, if has_block
    uint64_t block_end;      // offset in the stream up to which FFmpeg must read to return it
    int has_block;
    int video_index; // of FFmpeg's stream; -1 = none
    int audio_index;
    int status;      // the error that ended it, or 0
    uint64_t base;   // offset in the stream of bytes[0]
    size_t len;      // bytes written
    size_t read_len; // of them FFmpeg has taken
    size_t gate_len; // of them FFmpeg may take
    uint8_t *bytes;  // DEMUXER_BUFFER_BYTES
};

// FFmpeg's read callback: what lies before the gate, then end of file.
static int on_read(void *context, uint8_t *to, int cap) {
    struct demuxer *const d = context;
    const size_t left = d->gate_len - d->read_len;
    const size_t len = left < (size_t)cap ? left : (size_t)cap;
    if (len == 0)
        return AVERROR_EOF;
    memcpy(to, d->bytes + d->read_len, len);
    d->read_len += len;
    return (int)len;
}

int demuxer_create(struct demuxer **out) {
    *out = NULL;
    struct demuxer *const d = calloc(1, sizeof *d);
    if (d == NULL)
        return CODEC_ERR_MEMORY;
    webm_scanner_init(&d->scanner);
    d->video_index = -1;
    d->audio_index = -1;
    d->bytes = malloc(DEMUXER_BUFFER_BYTES);
    d->packet = av_packet_alloc();
    uint8_t *const buffer = av_malloc(AVIO_BUFFER_BYTES);
    if (buffer != NULL)
        d->io = avio_alloc_context(buffer, AVIO_BUFFER_BYTES, 0, d, on_read, NULL, NULL);
    if (d->io == NULL)
        av_free(buffer);
    if (d->bytes == NULL || d->packet == NULL || d->io == NULL) {
        demuxer_destroy(d);
        return CODEC_ERR_MEMORY;
    }
    d->io->seekable = 0;
    // Its log would go to a console that nobody reads; what is wrong is told by status.
    av_log_set_level(AV_LOG_QUIET);
    *out = d;
    return 0;
}

void demuxer_destroy(struct demuxer *d) {
    if (d == NULL)
        return;
    avformat_close_input(&d->format); // not the io, which is ours (AVFMT_FLAG_CUSTOM_IO)
    if (d->io != NULL)
        av_freep(&d->io->buffer);
    avio_context_free(&d->io);
    av_packet_free(&d->packet);
    free(d->bytes);
    free(d);
}

// --- Bytes in ------------------------------------------------------------------------------------

size_t demuxer_write_room(struct demuxer *d) {
    if (d->scanner.is_done) { // the Segment has ended: what follows is nobody's
        d->base += d->len;
        d->len = d->read_len = d->gate_len = 0;
    }
    // Bytes that FFmpeg has taken are needed no more: the scanner has passed them long ago.
    if (d->read_len > 0) {
        memmove(d->bytes, d->bytes + d->read_len, d->len - d->read_len);
        d->base += d->read_len;
        d->len -= d->read_len;
        d->gate_len -= d->read_len;
        d->read_len = 0;
    }
    return DEMUXER_BUFFER_BYTES - d->len;
}

uint8_t *demuxer_write_pointer(struct demuxer *d) { return d->bytes + d->len; }

int demuxer_did_write(struct demuxer *d, size_t len) {
    if (len > DEMUXER_BUFFER_BYTES - d->len)
        return CODEC_ERR_OVERFLOW;
    d->len += len;
    return 0;
}

// --- Packets out ---------------------------------------------------------------------------------

static int fail(struct demuxer *d, int status) {
    d->status = status;
    return status;
}

// Walks to the next block's head. CODEC_READY: d->block is it, though its frame may still be on the
// way.
static int find_block(struct demuxer *d) {
    while (!d->scanner.is_done) {
        const size_t at = (size_t)(d->scanner.offset - d->base);
        struct webm_item item;
        size_t consumed;
        const int found =
            webm_scanner_next(&d->scanner, &item, d->bytes + at, d->len - at, &consumed);
        if (found == WEBM_BAD)
            return CODEC_ERR_STREAM;
        if (found != WEBM_OK)
            return CODEC_NONE;
        if (item.kind != WEBM_ITEM_BLOCK)
            continue;
        // Neither laced nor empty: the frames of WebM's video and Opus never are.
        if (item.block.frame_count != 1 || item.block.len == 0)
            return CODEC_ERR_STREAM;
        if (item.block.len > LIMIT_MEDIA_MESSAGE_BYTES)
            return CODEC_ERR_TOO_LARGE;
        d->block = item.block;
        const uint64_t frame_end = item.block.offset + item.block.len;
        // A Block is announced at the end of its group, which FFmpeg reads whole.
        d->block_end = frame_end > d->scanner.offset ? frame_end : d->scanner.offset;
        d->has_block = 1;
        return CODEC_READY;
    }
    return CODEC_NONE;
}

static void note_tracks(struct demuxer *d) {
    for (unsigned i = 0; i < d->format->nb_streams; i++) {
        const AVCodecParameters *const p = d->format->streams[i]->codecpar;
        if (p->codec_id == AV_CODEC_ID_VP8 && d->video_index < 0) {
            d->video_index = (int)i;
            d->tracks.width = (uint16_t)p->width;
            d->tracks.height = (uint16_t)p->height;
        } else if (p->codec_id == AV_CODEC_ID_OPUS && d->audio_index < 0) {
            d->audio_index = (int)i;
            d->tracks.channels = (uint8_t)p->ch_layout.nb_channels;
            if (p->extradata_size >= OPUS_HEAD_PRE_SKIP_AT + 2)
                d->tracks.pre_skip = (uint32_t)(p->extradata[OPUS_HEAD_PRE_SKIP_AT] |
                                                p->extradata[OPUS_HEAD_PRE_SKIP_AT + 1] << 8);
        }
    }
}

static int tracks_are_valid(const struct demuxer *d) {
    for (unsigned i = 0; i < d->format->nb_streams; i++) {
        const AVCodecParameters *const p = d->format->streams[i]->codecpar;
        if ((int)i == d->video_index &&
            (p->width < 1 || p->height < 1 || p->width > LIMIT_VIDEO_SIDE_PIXELS ||
             p->height > LIMIT_VIDEO_SIDE_PIXELS))
            return 0;
        if ((int)i == d->audio_index &&
            (p->ch_layout.nb_channels < 1 || p->ch_layout.nb_channels > 2))
            return 0;
    }
    return d->video_index >= 0 || d->audio_index >= 0;
}

// Reads all before the first Cluster; the gate stands behind the first block, so nothing is
// missing.
static int open_stream(struct demuxer *d) {
    d->format = avformat_alloc_context();
    if (d->format == NULL)
        return CODEC_ERR_MEMORY;
    d->format->pb = d->io;
    // Packets as they stand in the file: no parser, no made-up timestamps, hence no lag.
    d->format->flags |= AVFMT_FLAG_NOPARSE | AVFMT_FLAG_NOFILLIN;
    // It notes each key frame for seeking, which we never do.
    d->format->max_index_size = INDEX_MAX_BYTES;
    const int opened =
        avformat_open_input(&d->format, NULL, av_find_input_format("matroska"), NULL);
    if (opened < 0) // which has freed d->format
        return opened == AVERROR(ENOMEM) ? CODEC_ERR_MEMORY : CODEC_ERR_STREAM;
    // No avformat_find_stream_info: it would hold back 41 frames to learn what Tracks already says.
    note_tracks(d);
    return tracks_are_valid(d) ? 0 : CODEC_ERR_STREAM;
}

// Takes exactly the block at the gate out of FFmpeg.
static int read_block(struct demuxer *d) {
    d->gate_len = (size_t)(d->block_end - d->base);
    // Over the frame, so that the scanner is never behind what FFmpeg takes.
    (void)webm_scanner_skip(&d->scanner, d->block_end - d->scanner.offset);
    const int opened = d->format == NULL ? open_stream(d) : 0;
    if (opened != 0)
        return opened;
    av_packet_unref(d->packet);
    const int read = av_read_frame(d->format, d->packet);
    if (read == AVERROR(ENOMEM))
        return CODEC_ERR_MEMORY;
    if (read < 0 || d->packet->size < 0 || (size_t)d->packet->size != d->block.len ||
        avio_tell(d->io) != (int64_t)d->block_end)
        return CODEC_ERR_DEMUX;
    return CODEC_READY;
}

int demuxer_next(struct demuxer *d, struct demuxer_packet *out) {
    while (d->status == 0) {
        const int found = d->has_block ? CODEC_READY : find_block(d);
        if (found < 0)
            return fail(d, found);
        if (found == CODEC_NONE || d->block_end > d->base + d->len)
            return demuxer_write_room(d) > 0 ? CODEC_NONE : fail(d, CODEC_ERR_TOO_LARGE);
        d->has_block = 0;
        const int read = read_block(d);
        if (read < 0)
            return fail(d, read);
        const int index = d->packet->stream_index;
        if (index != d->video_index && index != d->audio_index)
            continue; // subtitles or a second language: not for us
        *out = (struct demuxer_packet){
            .data = d->packet->data,
            .len = d->block.len,
            // The scanner's: FFmpeg's has the Opus pre-skip taken off.
            .timestamp_us = d->block.timestamp_ms * 1000,
            .track = index == d->video_index ? WEBM_TRACK_VIDEO : WEBM_TRACK_AUDIO,
            .is_keyframe = (d->packet->flags & AV_PKT_FLAG_KEY) != 0,
        };
        return CODEC_READY;
    }
    return d->status;
}

const struct demuxer_tracks *demuxer_tracks_of(const struct demuxer *d) { return &d->tracks; }

// SPDX-License-Identifier: MIT
// A show as it goes over the wire, made by the real encoders, for tests of what reads it.
#ifndef TABCAST_TESTS_CODEC_STREAM_H
#define TABCAST_TESTS_CODEC_STREAM_H

#include "made_media.h"
#include "shared/webm_check.h"

struct codec_packet {
    struct wire_header header;
    size_t end;              // offset in the stream behind its Cluster
    size_t cluster;          // offset of its Cluster
    struct webm_block block; // offset from the stream's start
};

struct codec_stream {
    struct made_bytes bytes; // init segment and Clusters
    size_t init_len;
    struct codec_packet packets[1024];
    size_t count;
    unsigned width, height;
    unsigned pre_skip;
};

// `frames` pictures of 30 a second (grain 4) with 20 ms packets of a tone in stereo between them.
// `has_unknown_sizes`: Clusters are given an unknown size, as some muxers write them.
void codec_stream_make(struct codec_stream *s, unsigned width, unsigned height, unsigned frames,
                       int has_unknown_sizes);
void codec_stream_free(struct codec_stream *s);

#endif

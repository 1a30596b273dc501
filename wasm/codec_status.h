// SPDX-License-Identifier: MIT
// Results of the codec's functions: 0 nothing to hand out, positive something, negative one of
// these. web/codec/codec-error.js names them; a test compares the two files.
#ifndef TABCAST_WASM_CODEC_STATUS_H
#define TABCAST_WASM_CODEC_STATUS_H

enum codec_status {
    CODEC_NONE = 0,           // no packet, no picture: frame dropped, or more bytes needed
    CODEC_READY = 1,          // one packet or picture is there
    CODEC_ERR_ARGUMENT = -1,  // the caller's fault
    CODEC_ERR_MEMORY = -2,    // out of memory
    CODEC_ERR_ENCODE = -3,    // libvpx or libopus refused
    CODEC_ERR_TOO_LARGE = -4, // over a cap of shared/limits.h or of the header concerned
    CODEC_ERR_STREAM = -5,    // not the WebM we speak
    CODEC_ERR_DEMUX = -6,     // FFmpeg and our scanner do not agree on the stream
    CODEC_ERR_DECODE = -7,    // a damaged packet; decoding may go on at the next key frame
    CODEC_ERR_OVERFLOW = -8,  // more written than there was room for
};

#endif

// SPDX-License-Identifier: MIT
// EBML (RFC 8794) at the level of ids, sizes and values: a reading cursor and a writing cursor
// whose error latches. Past the end a read yields zeros and sets `error`, a write writes nothing
// and sets `error`; check once at the end. Pure: no malloc, no I/O, any thread; the caller owns
// every buffer.
#ifndef TABCAST_SHARED_EBML_H
#define TABCAST_SHARED_EBML_H

#include <stddef.h>
#include <stdint.h>

// What ebml_read_size yields for a size of all ones (RFC 8794 6.2); a true size is below 2^56.
#define EBML_SIZE_UNKNOWN UINT64_MAX
// The longest head of an element: an id of 4 bytes and a size of 8.
#define EBML_HEAD_MAX_LEN 12

// Element ids as they stand in the bytes, marker bit included (RFC 8794 11.3, RFC 9559 5.1).
enum ebml_id {
    EBML_ID_HEADER = 0x1A45DFA3,
    EBML_ID_VERSION = 0x4286,
    EBML_ID_READ_VERSION = 0x42F7,
    EBML_ID_MAX_ID_LENGTH = 0x42F2,
    EBML_ID_MAX_SIZE_LENGTH = 0x42F3,
    EBML_ID_DOC_TYPE = 0x4282,
    EBML_ID_DOC_TYPE_VERSION = 0x4287,
    EBML_ID_DOC_TYPE_READ_VERSION = 0x4285,
    EBML_ID_VOID = 0xEC,
    EBML_ID_CRC32 = 0xBF,

    EBML_ID_SEGMENT = 0x18538067,
    EBML_ID_SEEK_HEAD = 0x114D9B74,
    EBML_ID_SEEK = 0x4DBB,
    EBML_ID_SEEK_ID = 0x53AB,
    EBML_ID_SEEK_POSITION = 0x53AC,

    EBML_ID_INFO = 0x1549A966,
    EBML_ID_TIMESTAMP_SCALE = 0x2AD7B1,
    EBML_ID_DURATION = 0x4489,
    EBML_ID_DATE_UTC = 0x4461,
    EBML_ID_TITLE = 0x7BA9,
    EBML_ID_MUXING_APP = 0x4D80,
    EBML_ID_WRITING_APP = 0x5741,

    EBML_ID_TRACKS = 0x1654AE6B,
    EBML_ID_TRACK_ENTRY = 0xAE,
    EBML_ID_TRACK_NUMBER = 0xD7,
    EBML_ID_TRACK_UID = 0x73C5,
    EBML_ID_TRACK_TYPE = 0x83,
    EBML_ID_FLAG_LACING = 0x9C,
    EBML_ID_LANGUAGE = 0x22B59C,
    EBML_ID_CODEC_ID = 0x86,
    EBML_ID_CODEC_PRIVATE = 0x63A2,
    EBML_ID_CODEC_DELAY = 0x56AA,
    EBML_ID_SEEK_PRE_ROLL = 0x56BB,
    EBML_ID_CONTENT_ENCODINGS = 0x6D80,
    EBML_ID_VIDEO = 0xE0,
    EBML_ID_PIXEL_WIDTH = 0xB0,
    EBML_ID_PIXEL_HEIGHT = 0xBA,
    EBML_ID_AUDIO = 0xE1,
    EBML_ID_SAMPLING_FREQUENCY = 0xB5,
    EBML_ID_CHANNELS = 0x9F,

    EBML_ID_CLUSTER = 0x1F43B675,
    EBML_ID_TIMESTAMP = 0xE7,
    EBML_ID_SIMPLE_BLOCK = 0xA3,
    EBML_ID_BLOCK_GROUP = 0xA0,
    EBML_ID_BLOCK = 0xA1,
    EBML_ID_REFERENCE_BLOCK = 0xFB,

    EBML_ID_CUES = 0x1C53BB6B,
    EBML_ID_CUE_POINT = 0xBB,
    EBML_ID_CUE_TIME = 0xB3,
    EBML_ID_CUE_TRACK_POSITIONS = 0xB7,
    EBML_ID_CUE_TRACK = 0xF7,
    EBML_ID_CUE_CLUSTER_POSITION = 0xF1,

    EBML_ID_CHAPTERS = 0x1043A770,
    EBML_ID_TAGS = 0x1254C367,
    EBML_ID_ATTACHMENTS = 0x1941A469,
};

enum ebml_error {
    EBML_OK = 0,
    EBML_ERR_SHORT = 1,   // reading: the bytes end too early; writing: the buffer is too small
    EBML_ERR_INVALID = 2, // no EBML has these bytes
};

// --- Reading -------------------------------------------------------------------------------------

struct ebml_reader {
    const uint8_t *at;
    const uint8_t *end;
    uint8_t error; // enum ebml_error; the first one stays
};

static inline struct ebml_reader ebml_reader_of(const uint8_t *bytes, size_t len) {
    return (struct ebml_reader){.at = bytes, .end = bytes + len};
}
static inline size_t ebml_left(const struct ebml_reader *r) {
    return r->error ? 0 : (size_t)(r->end - r->at);
}

// An id of 1 to 4 bytes, marker kept; ids of all ones or all zeros are invalid.
uint32_t ebml_read_id(struct ebml_reader *r);
// A size of 1 to 8 bytes, not necessarily the shortest, or EBML_SIZE_UNKNOWN.
uint64_t ebml_read_size(struct ebml_reader *r);
// The same for a Block's track number, where all ones has no special meaning.
uint64_t ebml_read_vint(struct ebml_reader *r);
// An unsigned big-endian value of `len` bytes; more than 8 is invalid, 0 bytes are 0.
uint64_t ebml_read_uint(struct ebml_reader *r, uint64_t len);
// A float of 0, 4 or 8 bytes; other lengths are invalid.
double ebml_read_float(struct ebml_reader *r, uint64_t len);
// `len` raw bytes, borrowed from the reader's buffer, or NULL.
const uint8_t *ebml_read_bytes(struct ebml_reader *r, uint64_t len);
// A reader over the next `len` bytes, which this one passes. With an error it is empty and has the
// error too.
struct ebml_reader ebml_read_master(struct ebml_reader *r, uint64_t len);

// --- Writing -------------------------------------------------------------------------------------

struct ebml_writer {
    uint8_t *out;
    size_t cap;
    size_t len;    // bytes written
    uint8_t error; // enum ebml_error; the first one stays
};

static inline struct ebml_writer ebml_writer_of(uint8_t *out, size_t cap) {
    return (struct ebml_writer){.out = out, .cap = cap};
}

void ebml_write_id(struct ebml_writer *w, uint32_t id);
// A size in exactly `size_len` bytes (1..8), or in as few as possible (0). EBML_SIZE_UNKNOWN wants
// a size_len.
void ebml_write_size(struct ebml_writer *w, uint64_t size, unsigned size_len);
void ebml_write_bytes(struct ebml_writer *w, const void *bytes, size_t len);
// Whole elements. The uint takes as few bytes as possible (at least one), ebml_put_uint_of exactly
// `len`.
void ebml_put_uint(struct ebml_writer *w, uint32_t id, uint64_t value);
void ebml_put_uint_of(struct ebml_writer *w, uint32_t id, uint64_t value, unsigned len);
void ebml_put_float(struct ebml_writer *w, uint32_t id, double value); // 8 bytes
void ebml_put_string(struct ebml_writer *w, uint32_t id, const char *text);
void ebml_put_binary(struct ebml_writer *w, uint32_t id, const void *bytes, size_t len);
// Fills exactly `total_len` bytes (>= 2) with a Void element.
void ebml_put_void(struct ebml_writer *w, size_t total_len);

// Opens a master whose size is filled in by ebml_end_master; it may hold at most 2^28-2 bytes.
size_t ebml_begin_master(struct ebml_writer *w, uint32_t id);
void ebml_end_master(struct ebml_writer *w, size_t begin);

// How many bytes the shortest form takes.
unsigned ebml_uint_len(uint64_t value);
unsigned ebml_size_len(uint64_t size);

#endif

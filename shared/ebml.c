// SPDX-License-Identifier: MIT
// Owns EBML's ids, variable-length integers and values (RFC 8794 4 to 7), read and written by
// cursors whose error latches. Knows nothing of WebM. Refuses ids longer than 4 and sizes longer
// than 8 bytes.
#include "shared/ebml.h"

#include <assert.h>
#include <string.h>

#define MASTER_SIZE_LEN 4

static void fail(uint8_t *error, enum ebml_error why) {
    if (*error == EBML_OK)
        *error = (uint8_t)why;
}

// --- Reading -------------------------------------------------------------------------------------

// Length of a variable-length integer from its first byte: position of the highest set bit; 9 when
// none is.
static unsigned vint_len(uint8_t first) {
    unsigned len = 1;
    for (unsigned bit = 0x80; bit && !(first & bit); bit >>= 1)
        len++;
    return len;
}

static const uint8_t *take(struct ebml_reader *r, uint64_t len) {
    if (r->error)
        return NULL;
    if (len > (uint64_t)(r->end - r->at)) {
        fail(&r->error, EBML_ERR_SHORT);
        return NULL;
    }
    const uint8_t *const p = r->at;
    r->at += len;
    return p;
}

static uint64_t get_be(const uint8_t *p, unsigned len) {
    uint64_t v = 0;
    for (unsigned i = 0; i < len; i++)
        v = v << 8 | p[i];
    return v;
}

// Value bits and length of a vint of at most max_len bytes; with_marker keeps the marker bit.
static uint64_t read_vint(struct ebml_reader *r, unsigned max_len, int with_marker,
                          unsigned *out_len) {
    *out_len = 0;
    if (r->error)
        return 0;
    if (r->at == r->end) {
        fail(&r->error, EBML_ERR_SHORT);
        return 0;
    }
    const unsigned len = vint_len(*r->at);
    if (len > max_len) {
        fail(&r->error, EBML_ERR_INVALID);
        return 0;
    }
    const uint8_t *const p = take(r, len);
    if (!p)
        return 0;
    *out_len = len;
    const uint64_t value = get_be(p, len);
    return with_marker ? value : value & ((1ULL << (7 * len)) - 1);
}

uint32_t ebml_read_id(struct ebml_reader *r) {
    unsigned len;
    const uint64_t id = read_vint(r, 4, 1, &len);
    if (r->error)
        return 0;
    const uint64_t marker = 1ULL << (7 * len);
    if (id == marker || id == 2 * marker - 1) {
        fail(&r->error, EBML_ERR_INVALID);
        return 0;
    }
    return (uint32_t)id;
}

uint64_t ebml_read_size(struct ebml_reader *r) {
    unsigned len;
    const uint64_t size = read_vint(r, 8, 0, &len);
    if (r->error)
        return 0;
    return size == (1ULL << (7 * len)) - 1 ? EBML_SIZE_UNKNOWN : size;
}

uint64_t ebml_read_vint(struct ebml_reader *r) {
    unsigned len;
    return read_vint(r, 8, 0, &len);
}

uint64_t ebml_read_uint(struct ebml_reader *r, uint64_t len) {
    if (len > 8) {
        fail(&r->error, EBML_ERR_INVALID);
        return 0;
    }
    const uint8_t *const p = take(r, len);
    return p ? get_be(p, (unsigned)len) : 0;
}

double ebml_read_float(struct ebml_reader *r, uint64_t len) {
    if (len != 0 && len != 4 && len != 8) {
        fail(&r->error, EBML_ERR_INVALID);
        return 0;
    }
    const uint8_t *const p = take(r, len);
    if (!p || len == 0)
        return 0;
    if (len == 4) {
        const uint32_t bits = (uint32_t)get_be(p, 4);
        float value;
        memcpy(&value, &bits, sizeof(value));
        return (double)value;
    }
    const uint64_t bits = get_be(p, 8);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

const uint8_t *ebml_read_bytes(struct ebml_reader *r, uint64_t len) { return take(r, len); }

struct ebml_reader ebml_read_master(struct ebml_reader *r, uint64_t len) {
    const uint8_t *const p = take(r, len);
    if (!p)
        return (struct ebml_reader){.at = r->end, .end = r->end, .error = r->error};
    return ebml_reader_of(p, (size_t)len);
}

// --- Writing -------------------------------------------------------------------------------------

static uint8_t *reserve(struct ebml_writer *w, size_t len) {
    if (w->error)
        return NULL;
    if (len > w->cap - w->len) {
        fail(&w->error, EBML_ERR_SHORT);
        return NULL;
    }
    uint8_t *const p = w->out + w->len;
    w->len += len;
    return p;
}

static void set_be(uint8_t *p, unsigned len, uint64_t value) {
    for (unsigned i = 0; i < len; i++)
        p[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

static void write_be(struct ebml_writer *w, uint64_t value, unsigned len) {
    uint8_t *const p = reserve(w, len);
    if (p)
        set_be(p, len, value);
}

unsigned ebml_uint_len(uint64_t value) {
    unsigned len = 1;
    while (len < 8 && value >> (8 * len))
        len++;
    return len;
}

unsigned ebml_size_len(uint64_t size) {
    // All ones means unknown, so one value less fits in each length.
    unsigned len = 1;
    while (len < 8 && size >= (1ULL << (7 * len)) - 1)
        len++;
    return len;
}

void ebml_write_id(struct ebml_writer *w, uint32_t id) { write_be(w, id, ebml_uint_len(id)); }

void ebml_write_size(struct ebml_writer *w, uint64_t size, unsigned size_len) {
    if (size == EBML_SIZE_UNKNOWN) {
        assert(size_len >= 1 && size_len <= 8);
        write_be(w, (1ULL << (7 * size_len + 1)) - 1, size_len);
        return;
    }
    const unsigned len = size_len ? size_len : ebml_size_len(size);
    if (len > 8 || len < ebml_size_len(size) || size >= (1ULL << 56) - 1) {
        fail(&w->error, EBML_ERR_INVALID);
        return;
    }
    write_be(w, size | 1ULL << (7 * len), len);
}

void ebml_write_bytes(struct ebml_writer *w, const void *bytes, size_t len) {
    uint8_t *const p = reserve(w, len);
    if (p && len)
        memcpy(p, bytes, len);
}

void ebml_put_uint_of(struct ebml_writer *w, uint32_t id, uint64_t value, unsigned len) {
    ebml_write_id(w, id);
    ebml_write_size(w, len, 0);
    write_be(w, value, len);
}

void ebml_put_uint(struct ebml_writer *w, uint32_t id, uint64_t value) {
    ebml_put_uint_of(w, id, value, ebml_uint_len(value));
}

void ebml_put_float(struct ebml_writer *w, uint32_t id, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    ebml_put_uint_of(w, id, bits, 8);
}

void ebml_put_binary(struct ebml_writer *w, uint32_t id, const void *bytes, size_t len) {
    ebml_write_id(w, id);
    ebml_write_size(w, len, 0);
    ebml_write_bytes(w, bytes, len);
}

void ebml_put_string(struct ebml_writer *w, uint32_t id, const char *text) {
    ebml_put_binary(w, id, text, strlen(text));
}

void ebml_put_void(struct ebml_writer *w, size_t total_len) {
    assert(total_len >= 2);
    const unsigned size_len = total_len < 9 ? 1 : 8;
    ebml_write_id(w, EBML_ID_VOID);
    ebml_write_size(w, total_len - 1 - size_len, size_len);
    uint8_t *const p = reserve(w, total_len - 1 - size_len);
    if (p)
        memset(p, 0, total_len - 1 - size_len);
}

size_t ebml_begin_master(struct ebml_writer *w, uint32_t id) {
    ebml_write_id(w, id);
    reserve(w, MASTER_SIZE_LEN);
    return w->len;
}

void ebml_end_master(struct ebml_writer *w, size_t begin) {
    if (w->error)
        return;
    const size_t size = w->len - begin;
    if (size >= (1u << 28) - 1) {
        fail(&w->error, EBML_ERR_INVALID);
        return;
    }
    set_be(w->out + begin - MASTER_SIZE_LEN, MASTER_SIZE_LEN, size | 1u << 28);
}

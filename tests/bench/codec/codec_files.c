// SPDX-License-Identifier: MIT
//
// IVF files and the hash that packets and pictures are compared by. IVF: a 32-byte header
// (signature, version, header length, FourCC, width, height, rate, scale, frames), then per frame
// its length (32 bits), its time (64 bits) and its bytes, all little-endian.
#include "codec_tool.h"

#include <string.h>

enum { IVF_HEADER_LEN = 32, IVF_FRAME_HEADER_LEN = 12 };

static void put_le(unsigned char *to, uint64_t value, int len) {
    for (int i = 0; i < len; i++) {
        to[i] = (unsigned char)(value >> (8 * i));
    }
}

static uint32_t get_le32(const unsigned char *from) {
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

int ivf_write_header(FILE *file, int width, int height) {
    unsigned char header[IVF_HEADER_LEN] = "DKIF";
    put_le(header + 6, IVF_HEADER_LEN, 2);
    memcpy(header + 8, "VP80", 4);
    put_le(header + 12, (uint64_t)width, 2);
    put_le(header + 14, (uint64_t)height, 2);
    put_le(header + 16, 30, 4);
    put_le(header + 20, 1, 4);
    return fwrite(header, 1, sizeof(header), file) == sizeof(header) ? 0 : -1;
}

int ivf_write_frame(FILE *file, const void *bytes, size_t len, uint64_t pts) {
    unsigned char header[IVF_FRAME_HEADER_LEN];
    put_le(header, len, 4);
    put_le(header + 4, pts, 8);
    if (fwrite(header, 1, sizeof(header), file) != sizeof(header)) {
        return -1;
    }
    return fwrite(bytes, 1, len, file) == len ? 0 : -1;
}

int ivf_read_header(FILE *file, struct ivf_header *header) {
    unsigned char bytes[IVF_HEADER_LEN];
    if (fread(bytes, 1, sizeof(bytes), file) != sizeof(bytes) || memcmp(bytes, "DKIF", 4) != 0 ||
        memcmp(bytes + 8, "VP80", 4) != 0) {
        return -1;
    }
    header->width = bytes[12] | bytes[13] << 8;
    header->height = bytes[14] | bytes[15] << 8;
    return 0;
}

long ivf_read_frame(FILE *file, void *bytes, size_t capacity) {
    unsigned char header[IVF_FRAME_HEADER_LEN];
    const size_t got = fread(header, 1, sizeof(header), file);
    if (got == 0) {
        return 0;
    }
    const size_t len = got == sizeof(header) ? get_le32(header) : capacity + 1;
    if (len > capacity || fread(bytes, 1, len, file) != len) {
        return -1;
    }
    return (long)len;
}

uint64_t fnv_add(uint64_t hash, const void *bytes, size_t len) {
    const unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

// SPDX-License-Identifier: MIT
//
// A small VP8 encoder and decoder for measuring and comparing: one source, built natively against
// the system's libvpx and for WebAssembly against ours. Given the same input and settings both must
// print the same hashes. Reads raw I420 and IVF, writes IVF; one command per process.
#pragma once

#include <stdint.h>
#include <stdio.h>

struct tool_settings {
    const char *input;  // raw I420 for encode, IVF for decode
    const char *output; // IVF that encode writes, or NULL
    int width;
    int height;
    int frames;      // how many to code; the input starts again when it ends
    int warm_frames; // of these the first so many are not counted in the time
    int bitrate_kbps;
    int cpu_used;
    int temporal_layers; // 1, 2 or 3
    int threads;
    int is_screen;
    int profile;      // of VP8: 1 to 3 have simpler filters; a live show uses 0
    int lists_hashes; // print a line per packet or picture
};

struct ivf_header {
    int width;
    int height;
};

// Both return 0, or 1 after telling stderr what is wrong. They print one hash per packet or picture
// when asked to, and a last line `frames=N bytes=N hash=H cpu_us_per_frame=N wall_us_per_frame=N`.
int tool_encode(const struct tool_settings *settings);
int tool_decode(const struct tool_settings *settings);

int ivf_write_header(FILE *file, int width, int height);
int ivf_write_frame(FILE *file, const void *bytes, size_t len, uint64_t pts);
int ivf_read_header(FILE *file, struct ivf_header *header);
// Reads a frame into `bytes`; returns its length, 0 at the end, or -1 when it is cut or larger than
// `capacity`.
long ivf_read_frame(FILE *file, void *bytes, size_t capacity);

// FNV-1a, 64 bits; start with FNV_START.
#define FNV_START UINT64_C(0xcbf29ce484222325)
uint64_t fnv_add(uint64_t hash, const void *bytes, size_t len);

// CPU time of the whole process, all threads, and wall time. The WebAssembly build asks Node
// (cpu-clock.js).
double cpu_clock_us(void);
double wall_clock_us(void);

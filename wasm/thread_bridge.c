// SPDX-License-Identifier: MIT
// What encoder-threads.wasm exports to web/codec/encoder-threads.js beside the encoder.
#define _GNU_SOURCE // pthread_getattr_np
#include <emscripten.h>
#include <pthread.h>
#include <stddef.h>

// Where a new thread's stack begins (it grows down): musl knows it, the worker that becomes the
// thread does not.
EMSCRIPTEN_KEEPALIVE void *encoder_thread_stack(pthread_t thread) {
    pthread_attr_t attributes;
    void *low = NULL;
    size_t len = 0;
    if (pthread_getattr_np(thread, &attributes) != 0 ||
        pthread_attr_getstack(&attributes, &low, &len) != 0)
        return NULL;
    return (char *)low + len;
}

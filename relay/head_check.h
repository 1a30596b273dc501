// SPDX-License-Identifier: MIT
// Looks over the request heads of one HTTP/1.1 connection, byte by byte, before the socket library
// reads them: line ends, request line, field names and values, and the fields on which framing
// stands (RFC 9112, RFC 9110 5.5), which that library reads generously. Two programs that read one
// head in two ways are how requests are smuggled. Pure; bodies are counted, not read.
#ifndef TABCAST_RELAY_HEAD_CHECK_H
#define TABCAST_RELAY_HEAD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum head_fault {
    HEAD_FINE,
    HEAD_LINE_END,     // LF without CR, or CR without LF
    HEAD_REQUEST_LINE, // not `METHOD target HTTP/1.1`
    HEAD_FIELD,        // no `name: value`, or a control character
    HEAD_FOLDED,       // a value that goes on in the next line
    HEAD_HOST,         // none, or more than one
    HEAD_LENGTH,       // Content-Length: twice, empty, or no plain number
    HEAD_FRAMING,      // Transfer-Encoding twice, beside a length, or in HTTP/1.0
    HEAD_TOO_LONG,     // LIMIT_HTTP_HEAD_BYTES
    HEAD_FAULT_COUNT
};

struct head_check {
    uint8_t state;
    uint8_t at;             // bytes of the target, version or name so far, up to 255
    uint8_t candidates : 4; // names that it still may become, one bit each
    uint8_t seen : 4;       // names of this head, one bit each
    bool is_old : 1;        // HTTP/1.0
    bool has_digits : 1;    // of Content-Length
    bool is_ingest : 1;     // the target begins with /ingest/, whose bodies may lack a length
    uint16_t len;           // of this head so far
    uint16_t count;         // whole heads that were fine, modulo 2^16
    uint64_t body_left;     // of the body, while in it; while in a head its Content-Length
};

void head_check_init(struct head_check *h);

// Looks at `len` bytes; returns how many of them the library may have. With a fault those are the
// ones before the request that has it, and nothing of the connection may be read any more. Without
// one it is all of them, or less when the connection leaves HTTP with this head
// (head_check_has_left): what follows are a WebSocket's frames.
size_t head_check_take(struct head_check *h, const uint8_t *bytes, size_t len,
                       enum head_fault *fault);
// The same, but no further than to the end of one request; what follows is looked at by another
// call.
size_t head_check_take_one(struct head_check *h, const uint8_t *bytes, size_t len,
                           enum head_fault *fault);
// A request has ended, and not a byte of the next one was looked at.
bool head_check_is_between(const struct head_check *h);
bool head_check_has_left(const struct head_check *h);
// What follows is a body of unknown length: nothing behind it on this connection is looked at, so
// the connection must end with it.
bool head_check_is_blind(const struct head_check *h);

// The reason as /metrics has it, and the sentence that says what was wrong.
const char *head_fault_label(enum head_fault fault);
const char *head_fault_sentence(enum head_fault fault);
unsigned head_fault_status(enum head_fault fault);

#endif

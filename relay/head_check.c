// SPDX-License-Identifier: MIT
#include "relay/head_check.h"

#include "relay/relay_limits.h"
#include <assert.h>
#include <string.h>

enum state {
    START,
    METHOD,
    TARGET_FIRST,
    TARGET,
    VERSION,
    LINE_LF,
    FIELD,
    NAME,
    VALUE,
    VALUE_LENGTH,     // digits, with blanks around them
    VALUE_LENGTH_END, // blanks behind them
    END_LF,
    BODY,
    BLIND, // a body of unknown length
    LEFT
};

static const char *const names[] = {"host", "content-length", "transfer-encoding", "upgrade"};
enum { HOST = 1, CONTENT_LENGTH = 2, TRANSFER_ENCODING = 4, UPGRADE = 8, ALL_NAMES = 15 };
#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

static const struct {
    const char *label, *sentence;
    unsigned status;
} faults[HEAD_FAULT_COUNT] = {
    [HEAD_FINE] = {"none", "", 0},
    [HEAD_LINE_END] = {"line-end", "Lines end with CR and LF, both of them.", 400},
    [HEAD_REQUEST_LINE] = {"request-line", "The request is not HTTP/1.1.", 400},
    [HEAD_FIELD] = {"field", "A header line is no name, colon, and printable value.", 400},
    [HEAD_FOLDED] = {"folded", "A header goes on in the next line.", 400},
    [HEAD_HOST] = {"host", "Exactly one valid Host header is needed.", 400},
    [HEAD_LENGTH] = {"length", "A body needs one plain Content-Length.", 400},
    [HEAD_FRAMING] = {"framing", "The length of the body is said in two ways.", 400},
    [HEAD_TOO_LONG] = {"too-long", "The headers are longer than this relay reads.", 431},
};

const char *head_fault_label(enum head_fault fault) { return faults[fault].label; }
const char *head_fault_sentence(enum head_fault fault) { return faults[fault].sentence; }
unsigned head_fault_status(enum head_fault fault) { return faults[fault].status; }

void head_check_init(struct head_check *h) { *h = (struct head_check){.state = START}; }
bool head_check_has_left(const struct head_check *h) { return h->state == LEFT; }
bool head_check_is_blind(const struct head_check *h) { return h->state == BLIND; }

static bool is_token(uint8_t c) { // RFC 9110 5.6.2
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_value(uint8_t c) { return c == '\t' || (c >= ' ' && c != 0x7f); }
static bool is_blank(uint8_t c) { return c == ' ' || c == '\t'; }

static enum head_fault line_fault(uint8_t c, enum head_fault otherwise) {
    return c == '\n' ? HEAD_LINE_END : otherwise;
}

static enum head_fault on_version(struct head_check *h, uint8_t c) {
    static const char version[] = "HTTP/1.1";
    const bool is_last = h->at == sizeof(version) - 2;
    if (h->at == sizeof(version) - 1) {
        h->state = LINE_LF;
        return c == '\r' ? HEAD_FINE : line_fault(c, HEAD_REQUEST_LINE);
    }
    if (c != version[h->at] && !(is_last && c == '0'))
        return line_fault(c, HEAD_REQUEST_LINE);
    h->is_old = is_last && c == '0';
    h->at++;
    return HEAD_FINE;
}

static void narrow(struct head_check *h, uint8_t c) {
    const uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
    for (unsigned i = 0; i < NAME_COUNT; i++)
        if (h->at >= strlen(names[i]) || names[i][h->at] != lower)
            h->candidates &= ALL_NAMES & ~(1U << i);
    if (h->at < UINT8_MAX)
        h->at++;
}

static void follow_target(struct head_check *h, uint8_t c) {
    static const char prefix[] = "/ingest/";
    if (h->at < sizeof(prefix) - 1) {
        h->is_ingest = (h->is_ingest || h->at == 0) && c == (uint8_t)prefix[h->at];
        h->at++;
    }
}

// The name is whole: which one of ours it is, and whether it may come (again).
static enum head_fault on_name_end(struct head_check *h) {
    uint8_t name = 0;
    for (unsigned i = 0; i < NAME_COUNT; i++)
        if (h->candidates & (1U << i) && strlen(names[i]) == h->at)
            name = (uint8_t)(1U << i);
    const bool is_again = (h->seen & name) != 0;
    const unsigned seen = h->seen | name;
    h->seen = seen & ALL_NAMES;
    h->state = name == CONTENT_LENGTH ? VALUE_LENGTH : VALUE;
    if (!is_again || name == UPGRADE)
        return HEAD_FINE;
    return name == HOST ? HEAD_HOST : name == CONTENT_LENGTH ? HEAD_LENGTH : HEAD_FRAMING;
}

static enum head_fault on_length(struct head_check *h, uint8_t c) {
    const bool is_digit = c >= '0' && c <= '9';
    if (c == '\r') {
        h->state = LINE_LF;
        return h->has_digits ? HEAD_FINE : HEAD_LENGTH;
    }
    if (is_blank(c)) {
        h->state = h->has_digits ? VALUE_LENGTH_END : VALUE_LENGTH;
        return HEAD_FINE;
    }
    if (!is_digit || h->state == VALUE_LENGTH_END || h->body_left > UINT64_MAX / 100)
        return line_fault(c, HEAD_LENGTH);
    h->has_digits = true;
    h->body_left = h->body_left * 10 + (uint64_t)(c - '0');
    return HEAD_FINE;
}

// The head is whole.
static enum head_fault on_end(struct head_check *h) {
    if (!(h->seen & HOST) && !h->is_old)
        return HEAD_HOST;
    if (h->seen & TRANSFER_ENCODING && (h->seen & CONTENT_LENGTH || h->is_old))
        return HEAD_FRAMING;
    h->count++;
    if (h->seen & UPGRADE)
        h->state = LEFT;
    else if (h->seen & TRANSFER_ENCODING || (h->is_ingest && !(h->seen & CONTENT_LENGTH)))
        h->state = BLIND;
    else
        h->state = h->body_left ? BODY : START;
    return HEAD_FINE;
}

static enum head_fault expect_lf(struct head_check *h, uint8_t c, enum state next) {
    h->state = (uint8_t)next;
    return c == '\n' ? HEAD_FINE : HEAD_LINE_END;
}

static enum head_fault on_request_line(struct head_check *h, uint8_t c) {
    switch (h->state) {
    case START:
        *h = (struct head_check){.state = METHOD, .count = h->count};
        return is_token(c) ? HEAD_FINE : line_fault(c, HEAD_REQUEST_LINE);
    case METHOD:
        if (c == ' ')
            h->state = TARGET_FIRST;
        else if (!is_token(c))
            return line_fault(c, HEAD_REQUEST_LINE);
        return HEAD_FINE;
    case TARGET_FIRST:
        h->state = TARGET;
        h->at = 0;
        follow_target(h, c);
        return c > ' ' && c < 0x7f ? HEAD_FINE : line_fault(c, HEAD_REQUEST_LINE);
    default: // TARGET
        if (c == ' ') {
            h->is_ingest = h->is_ingest && h->at == sizeof("/ingest/") - 1;
            h->state = VERSION;
            h->at = 0;
        } else if (c <= ' ' || c >= 0x7f) {
            return line_fault(c, HEAD_REQUEST_LINE);
        } else {
            follow_target(h, c);
        }
        return HEAD_FINE;
    }
}

static enum head_fault on_field(struct head_check *h, uint8_t c) {
    if (h->state == FIELD) {
        if (c == '\r') {
            h->state = END_LF;
            return HEAD_FINE;
        }
        if (is_blank(c))
            return HEAD_FOLDED;
        h->state = NAME;
        h->at = 0;
        h->candidates = ALL_NAMES;
    } else if (c == ':') {
        return on_name_end(h);
    }
    if (!is_token(c))
        return line_fault(c, HEAD_FIELD);
    narrow(h, c);
    return HEAD_FINE;
}

static enum head_fault on_byte(struct head_check *h, uint8_t c) {
    switch ((enum state)h->state) {
    case START:
    case METHOD:
    case TARGET_FIRST:
    case TARGET:
        return on_request_line(h, c);
    case VERSION:
        return on_version(h, c);
    case LINE_LF:
        return expect_lf(h, c, FIELD);
    case FIELD:
    case NAME:
        return on_field(h, c);
    case VALUE:
        if (c == '\r')
            h->state = LINE_LF;
        else if (!is_value(c))
            return line_fault(c, HEAD_FIELD);
        return HEAD_FINE;
    case VALUE_LENGTH:
    case VALUE_LENGTH_END:
        return on_length(h, c);
    case END_LF:
        return c == '\n' ? on_end(h) : HEAD_LINE_END;
    case BODY:
    case BLIND:
    case LEFT:
        break;
    }
    assert(false);
    return HEAD_FINE;
}

static size_t skip_body(struct head_check *h, size_t len) {
    if (h->state == BLIND)
        return len;
    if (len < h->body_left) {
        h->body_left -= len;
        return len;
    }
    const size_t taken = (size_t)h->body_left;
    h->state = START;
    return taken;
}

static size_t take(struct head_check *h, const uint8_t *bytes, size_t len, bool is_one,
                   enum head_fault *fault) {
    size_t at = 0, begun = 0; // begun: where the request that is being read starts in `bytes`
    *fault = HEAD_FINE;
    while (at < len && h->state != LEFT && !(is_one && at && h->state == START)) {
        if (h->state == BODY || h->state == BLIND) {
            at += skip_body(h, len - at);
            begun = at;
            continue;
        }
        if (h->state == START)
            begun = at;
        *fault = on_byte(h, bytes[at++]);
        if (*fault == HEAD_FINE && ++h->len > LIMIT_HTTP_HEAD_BYTES)
            *fault = HEAD_TOO_LONG;
        if (*fault != HEAD_FINE)
            return begun;
    }
    return at;
}

size_t head_check_take(struct head_check *h, const uint8_t *bytes, size_t len,
                       enum head_fault *fault) {
    return take(h, bytes, len, false, fault);
}

size_t head_check_take_one(struct head_check *h, const uint8_t *bytes, size_t len,
                           enum head_fault *fault) {
    return take(h, bytes, len, true, fault);
}

bool head_check_is_between(const struct head_check *h) { return h->state == START && h->count; }

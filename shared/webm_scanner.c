// SPDX-License-Identifier: MIT
// Owns the incremental walk over WebM. One call looks at one element: masters that matter are
// entered, leaves that matter are read whole, frames are announced and then skipped like everything
// else. Pure; any thread.
#include "shared/webm_scanner.h"

#include "shared/limits.h"

#include <string.h>

#define DOC_TYPE_MAX_LEN 16
#define OFFSET_MAX (1ULL << 62)
#define SCALE_NS_MAX 1000000000ULL
#define BLOCK_FLAG_KEY 0x80
#define BLOCK_LACING_MASK 0x06
#define BLOCK_LACING_SHIFT 1

enum element_kind {
    ELEMENT_MASTER,      // entered
    ELEMENT_LIVE_MASTER, // entered; its size may be unknown
    ELEMENT_TRACKS,      // skipped, then announced
    ELEMENT_LEAF,        // payload of at most DOC_TYPE_MAX_LEN bytes, read
    ELEMENT_BLOCK,       // head read, frame skipped
    ELEMENT_BESIDE,      // a child of Segment that is skipped, but ends a Cluster of unknown size
};

struct element_rule {
    uint32_t id;
    uint32_t parent; // 0 = the stream itself
    enum element_kind kind;
};

static const struct element_rule element_rules[] = {
    {EBML_ID_SIMPLE_BLOCK, EBML_ID_CLUSTER, ELEMENT_BLOCK},
    {EBML_ID_CLUSTER, EBML_ID_SEGMENT, ELEMENT_LIVE_MASTER},
    {EBML_ID_TIMESTAMP, EBML_ID_CLUSTER, ELEMENT_LEAF},
    {EBML_ID_BLOCK_GROUP, EBML_ID_CLUSTER, ELEMENT_MASTER},
    {EBML_ID_BLOCK, EBML_ID_BLOCK_GROUP, ELEMENT_BLOCK},
    {EBML_ID_REFERENCE_BLOCK, EBML_ID_BLOCK_GROUP, ELEMENT_LEAF},
    {EBML_ID_CUES, EBML_ID_SEGMENT, ELEMENT_MASTER},
    {EBML_ID_CUE_POINT, EBML_ID_CUES, ELEMENT_MASTER},
    {EBML_ID_CUE_TIME, EBML_ID_CUE_POINT, ELEMENT_LEAF},
    {EBML_ID_CUE_TRACK_POSITIONS, EBML_ID_CUE_POINT, ELEMENT_MASTER},
    {EBML_ID_CUE_CLUSTER_POSITION, EBML_ID_CUE_TRACK_POSITIONS, ELEMENT_LEAF},
    {EBML_ID_HEADER, 0, ELEMENT_MASTER},
    {EBML_ID_READ_VERSION, EBML_ID_HEADER, ELEMENT_LEAF},
    {EBML_ID_DOC_TYPE, EBML_ID_HEADER, ELEMENT_LEAF},
    {EBML_ID_SEGMENT, 0, ELEMENT_LIVE_MASTER},
    {EBML_ID_INFO, EBML_ID_SEGMENT, ELEMENT_MASTER},
    {EBML_ID_TIMESTAMP_SCALE, EBML_ID_INFO, ELEMENT_LEAF},
    {EBML_ID_DURATION, EBML_ID_INFO, ELEMENT_LEAF},
    {EBML_ID_TRACKS, EBML_ID_SEGMENT, ELEMENT_TRACKS},
    {EBML_ID_SEEK_HEAD, EBML_ID_SEGMENT, ELEMENT_BESIDE},
    {EBML_ID_CHAPTERS, EBML_ID_SEGMENT, ELEMENT_BESIDE},
    {EBML_ID_TAGS, EBML_ID_SEGMENT, ELEMENT_BESIDE},
    {EBML_ID_ATTACHMENTS, EBML_ID_SEGMENT, ELEMENT_BESIDE},
};

static const struct element_rule *find_rule(uint32_t id) {
    for (size_t i = 0; i < sizeof(element_rules) / sizeof(element_rules[0]); i++) {
        if (element_rules[i].id == id)
            return &element_rules[i];
    }
    return NULL;
}

void webm_scanner_init(struct webm_scanner *s) { *s = (struct webm_scanner){.scale_ns = 1000000}; }

void webm_scanner_init_foreign(struct webm_scanner *s) {
    webm_scanner_init(s);
    s->is_foreign = 1;
}

void webm_scanner_init_at_cluster(struct webm_scanner *s, uint64_t offset) {
    webm_scanner_init(s);
    s->offset = offset;
    s->has_header = 1;
    s->levels[0] = (struct webm_scanner_level){.id = EBML_ID_SEGMENT, .end = EBML_SIZE_UNKNOWN};
    s->depth = 1;
}

static int bad(struct webm_scanner *s, const char *reason) {
    s->reason = reason;
    return WEBM_BAD;
}

static uint32_t parent_id(const struct webm_scanner *s) {
    return s->depth ? s->levels[s->depth - 1].id : 0;
}

// Where the open masters end at the latest: the innermost known end, or EBML_SIZE_UNKNOWN.
static uint64_t open_end(const struct webm_scanner *s) {
    for (unsigned i = s->depth; i > 0; i--) {
        if (s->levels[i - 1].end != EBML_SIZE_UNKNOWN)
            return s->levels[i - 1].end;
    }
    return EBML_SIZE_UNKNOWN;
}

static int to_ms(const struct webm_scanner *s, uint64_t ticks, uint64_t *out_ms) {
    if (ticks > UINT64_MAX / s->scale_ns)
        return 0;
    *out_ms = ticks * s->scale_ns / 1000000;
    return 1;
}

// --- Leaving masters -----------------------------------------------------------------------------

static int leave_header(struct webm_scanner *s) {
    if (!s->has_doc_type)
        return bad(s, "DocType missing");
    s->has_header = 1;
    return WEBM_OK;
}

static int leave_info(struct webm_scanner *s, struct webm_item *item) {
    const double ms = s->duration * (double)s->scale_ns / 1e6;
    // Also false for NaN. 2^53: beyond it a double holds no whole milliseconds.
    if (!(ms > 0 && ms < 9007199254740992.0))
        return WEBM_OK;
    item->kind = WEBM_ITEM_DURATION;
    item->timestamp_ms = (uint64_t)ms;
    return WEBM_OK;
}

static int leave_cue_point(struct webm_scanner *s, struct webm_item *item) {
    if (!s->cue_has_time || !s->cue_has_position)
        return WEBM_OK;
    if (s->cue_position > OFFSET_MAX - s->segment_start)
        return bad(s, "cue position out of range");
    if (!to_ms(s, s->cue_time, &item->timestamp_ms))
        return bad(s, "cue time out of range");
    item->kind = WEBM_ITEM_CUE;
    item->offset = s->segment_start + s->cue_position;
    return WEBM_OK;
}

static int leave_block_group(struct webm_scanner *s, struct webm_item *item) {
    if (!s->group_has_block)
        return WEBM_OK;
    item->kind = WEBM_ITEM_BLOCK;
    item->block = s->group_block;
    item->block.is_keyframe = !s->group_has_reference;
    return WEBM_OK;
}

// Closes the innermost master and hands out what it amounted to.
static int leave(struct webm_scanner *s, struct webm_item *item) {
    const uint32_t id = s->levels[--s->depth].id;
    switch (id) {
    case EBML_ID_HEADER:
        return leave_header(s);
    case EBML_ID_INFO:
        return leave_info(s, item);
    case EBML_ID_CUE_POINT:
        return leave_cue_point(s, item);
    case EBML_ID_BLOCK_GROUP:
        return leave_block_group(s, item);
    case EBML_ID_SEGMENT:
        return WEBM_DONE;
    default:
        return WEBM_OK;
    }
}

// --- Entering masters, reading leaves ------------------------------------------------------------

static int enter(struct webm_scanner *s, uint32_t id, uint64_t end) {
    if (s->depth == WEBM_SCANNER_DEPTH_MAX)
        return bad(s, "nested too deep"); // the rules do not allow it; kept as the array's guard
    s->levels[s->depth++] = (struct webm_scanner_level){.id = id, .end = end};
    switch (id) {
    case EBML_ID_SEGMENT:
        s->segment_start = s->offset;
        break;
    case EBML_ID_CLUSTER:
        s->cluster_timestamp = UINT64_MAX;
        break;
    case EBML_ID_BLOCK_GROUP:
        s->group_has_block = 0;
        s->group_has_reference = 0;
        break;
    case EBML_ID_CUE_POINT:
        s->cue_has_time = 0;
        s->cue_has_position = 0;
        break;
    default:
        break;
    }
    return WEBM_OK;
}

static int read_doc_type(struct webm_scanner *s, struct ebml_reader *r, uint64_t size) {
    const uint8_t *const text = ebml_read_bytes(r, size);
    const size_t len = s->is_foreign && text && size >= 8 && memcmp(text, "matroska", 8) == 0 ? 8
                       : text && size >= 4 && memcmp(text, "webm", 4) == 0                    ? 4
                                                                                              : 0;
    if (!len || (size > len && text[len] != 0))
        return bad(s, "DocType is not webm");
    s->has_doc_type = 1;
    return WEBM_OK;
}

static int read_cluster_timestamp(struct webm_scanner *s, uint64_t ticks, struct webm_item *item) {
    if (s->cluster_timestamp != UINT64_MAX)
        return bad(s, "two Timestamps in a Cluster");
    if (!to_ms(s, ticks, &item->timestamp_ms) || ticks > OFFSET_MAX)
        return bad(s, "Cluster timestamp out of range");
    s->cluster_timestamp = ticks;
    item->kind = WEBM_ITEM_CLUSTER;
    item->offset = s->cluster_offset;
    return WEBM_OK;
}

static int read_leaf(struct webm_scanner *s, uint32_t id, struct ebml_reader *r, uint64_t size,
                     struct webm_item *item) {
    if (id == EBML_ID_DOC_TYPE)
        return read_doc_type(s, r, size);
    if (id == EBML_ID_DURATION) {
        s->duration = ebml_read_float(r, size);
        return r->error ? bad(s, "Duration is not a float") : WEBM_OK;
    }
    const uint64_t value = ebml_read_uint(r, size);
    if (r->error)
        return bad(s, "number longer than 8 bytes");
    switch (id) {
    case EBML_ID_READ_VERSION:
        return value == 1 ? WEBM_OK : bad(s, "EBMLReadVersion is not 1");
    case EBML_ID_TIMESTAMP_SCALE:
        s->scale_ns = value;
        return value >= 1 && value <= SCALE_NS_MAX ? WEBM_OK
                                                   : bad(s, "TimestampScale out of range");
    case EBML_ID_TIMESTAMP:
        return read_cluster_timestamp(s, value, item);
    case EBML_ID_REFERENCE_BLOCK:
        s->group_has_reference = 1;
        return WEBM_OK;
    case EBML_ID_CUE_TIME:
        s->cue_has_time = 1;
        s->cue_time = value;
        return WEBM_OK;
    case EBML_ID_CUE_CLUSTER_POSITION:
        // A cue point may name several tracks: the first one's place stands for all.
        if (!s->cue_has_position)
            s->cue_position = value;
        s->cue_has_position = 1;
        return WEBM_OK;
    default:
        return WEBM_OK;
    }
}

// Reads a block's head; `r` is cut to the block's payload, which starts at `offset`, or to what is
// there of it.
static int read_block(struct webm_scanner *s, uint32_t id, struct ebml_reader *r, uint64_t size,
                      uint64_t offset, struct webm_item *item, size_t *head_len) {
    const uint8_t *const start = r->at;
    const uint64_t track = ebml_read_vint(r);
    const int relative = (int16_t)ebml_read_uint(r, 2);
    const uint64_t flags = ebml_read_uint(r, 1);
    const uint64_t lace = flags & BLOCK_LACING_MASK ? ebml_read_uint(r, 1) : 0;
    if (r->error == EBML_ERR_SHORT && (uint64_t)(r->end - start) < size)
        return WEBM_MORE;
    if (r->error || track == 0 || track > 127)
        return bad(s, "malformed block");
    if (s->cluster_timestamp == UINT64_MAX)
        return bad(s, "block before its Cluster's Timestamp");
    *head_len = (size_t)(r->at - start);
    // A block may lie before its Cluster's start, but nothing is shown before zero.
    const int64_t ticks = (int64_t)s->cluster_timestamp + relative;
    struct webm_block block = {
        .offset = offset + *head_len,
        .len = (uint32_t)(size - *head_len),
        .track = (uint8_t)track,
        .is_keyframe = (flags & BLOCK_FLAG_KEY) != 0,
        .frame_count = (uint16_t)(lace + 1),
        .lacing = (uint8_t)((flags & BLOCK_LACING_MASK) >> BLOCK_LACING_SHIFT),
    };
    if (!to_ms(s, ticks < 0 ? 0 : (uint64_t)ticks, &block.timestamp_ms))
        return bad(s, "block timestamp out of range");
    if (id == EBML_ID_SIMPLE_BLOCK || s->is_foreign) {
        block.is_keyframe &= id == EBML_ID_SIMPLE_BLOCK;
        item->kind = WEBM_ITEM_BLOCK;
        item->block = block;
    } else {
        s->group_has_block = 1;
        s->group_block = block;
    }
    return WEBM_OK;
}

// --- One step ------------------------------------------------------------------------------------

static void advance(struct webm_scanner *s, size_t *consumed, size_t len) {
    s->offset += len;
    *consumed += len;
}

static int skip(struct webm_scanner *s, struct webm_item *item, size_t len, size_t *consumed) {
    const uint64_t pass = s->skip_len < len ? s->skip_len : len;
    if (s->skip_len && !pass)
        return WEBM_MORE;
    s->skip_len -= pass;
    advance(s, consumed, (size_t)pass);
    if (s->skip_len == 0 && s->init_end_waits) {
        s->init_end_waits = 0;
        item->kind = WEBM_ITEM_INIT_END;
        item->offset = s->offset;
    }
    return WEBM_OK;
}

// What an element is here. Closes a Cluster of unknown size when the id shows that it has ended.
static int place(struct webm_scanner *s, uint32_t id, const struct element_rule **out) {
    const struct element_rule *const rule = find_rule(id);
    *out = rule;
    if (!rule) {
        if (!s->has_header && s->depth == 0)
            return bad(s, "no EBML header");
        return WEBM_OK; // unknown: skipped
    }
    if (rule->parent == parent_id(s)) {
        if (id == EBML_ID_HEADER && s->has_header)
            return bad(s, "two EBML headers");
        if (id == EBML_ID_SEGMENT && !s->has_header)
            return bad(s, "Segment without EBML header");
        return WEBM_OK;
    }
    if (s->depth && s->levels[s->depth - 1].end == EBML_SIZE_UNKNOWN) {
        if (rule->parent == EBML_ID_SEGMENT && parent_id(s) == EBML_ID_CLUSTER) {
            s->depth--;
            return WEBM_OK;
        }
        if (rule->parent == 0 && open_end(s) == EBML_SIZE_UNKNOWN)
            return WEBM_DONE; // another stream begins where a live one ended
    }
    return bad(s, "misplaced element");
}

// Reads one element whose rule says how. `r` stands behind its head of head_len bytes.
static int step_leaf(struct webm_scanner *s, uint32_t id, struct ebml_reader *r, uint64_t size,
                     struct webm_item *item) {
    if (size > DOC_TYPE_MAX_LEN)
        return bad(s, "value too long");
    if (ebml_left(r) < size)
        return WEBM_MORE;
    return read_leaf(s, id, r, size, item);
}

static int step_block(struct webm_scanner *s, uint32_t id, struct ebml_reader *r, uint64_t size,
                      size_t head_len, struct webm_item *item, size_t *consumed) {
    if (size > LIMIT_FOREIGN_BLOCK_BYTES)
        return bad(s, "block too long");
    const size_t here = ebml_left(r);
    struct ebml_reader body = ebml_reader_of(r->at, here < size ? here : (size_t)size);
    size_t block_head_len;
    const int status = read_block(s, id, &body, size, s->offset + head_len, item, &block_head_len);
    if (status != WEBM_OK)
        return status;
    advance(s, consumed, head_len + block_head_len);
    s->skip_len = size - block_head_len;
    return WEBM_OK;
}

static int announce_tracks(struct webm_scanner *s, struct webm_item *item, uint64_t size) {
    if (size > UINT32_MAX)
        return bad(s, "Tracks too long");
    item->kind = WEBM_ITEM_TRACKS;
    item->block.offset = s->offset;
    item->block.len = (uint32_t)size;
    return WEBM_OK;
}

static int step(struct webm_scanner *s, struct webm_item *item, const uint8_t *bytes, size_t len,
                size_t *consumed) {
    const uint64_t limit = open_end(s);
    const uint64_t room = limit == EBML_SIZE_UNKNOWN ? UINT64_MAX : limit - s->offset;
    struct ebml_reader r = ebml_reader_of(bytes, len < room ? len : (size_t)room);
    const uint32_t id = ebml_read_id(&r);
    const uint64_t size = ebml_read_size(&r);
    if (r.error == EBML_ERR_SHORT)
        return len < room ? WEBM_MORE : bad(s, "element reaches beyond its parent");
    if (r.error)
        return bad(s, "malformed element");
    if (s->offset > OFFSET_MAX)
        return bad(s, "stream too long");
    const size_t head_len = (size_t)(r.at - bytes);
    const struct element_rule *rule;
    int status = place(s, id, &rule);
    if (status != WEBM_OK)
        return status;
    const enum element_kind kind = rule ? rule->kind : ELEMENT_BESIDE;
    if (size == EBML_SIZE_UNKNOWN && kind != ELEMENT_LIVE_MASTER)
        return bad(s, "unknown size");
    if (size != EBML_SIZE_UNKNOWN && size > room - head_len)
        return bad(s, "element reaches beyond its parent");

    switch (kind) {
    case ELEMENT_MASTER:
    case ELEMENT_LIVE_MASTER:
        if (id == EBML_ID_CLUSTER)
            s->cluster_offset = s->offset;
        advance(s, consumed, head_len);
        return enter(s, id, size == EBML_SIZE_UNKNOWN ? size : s->offset + size);
    case ELEMENT_LEAF:
        status = step_leaf(s, id, &r, size, item);
        if (status == WEBM_OK)
            advance(s, consumed, head_len + (size_t)size);
        return status;
    case ELEMENT_BLOCK:
        return step_block(s, id, &r, size, head_len, item, consumed);
    case ELEMENT_TRACKS:
    case ELEMENT_BESIDE:
        advance(s, consumed, head_len);
        s->skip_len = size;
        s->init_end_waits = kind == ELEMENT_TRACKS;
        if (s->is_foreign && s->init_end_waits)
            return announce_tracks(s, item, size);
        return WEBM_OK;
    }
    return bad(s, "unreachable");
}

int webm_scanner_next(struct webm_scanner *s, struct webm_item *item, const uint8_t *bytes,
                      size_t len, size_t *consumed) {
    *item = (struct webm_item){.kind = WEBM_ITEM_NONE};
    *consumed = 0;
    if (s->reason)
        return WEBM_BAD;
    if (s->is_done)
        return WEBM_DONE;
    int status;
    if (s->skip_len || s->init_end_waits)
        return skip(s, item, len, consumed);
    if (s->depth && open_end(s) == s->offset)
        status = leave(s, item);
    else
        status = len ? step(s, item, bytes, len, consumed) : WEBM_MORE;
    s->is_done = status == WEBM_DONE;
    return status;
}

uint64_t webm_scanner_skip(struct webm_scanner *s, uint64_t len) {
    const uint64_t pass = s->skip_len < len ? s->skip_len : len;
    s->skip_len -= pass;
    s->offset += pass;
    return pass;
}

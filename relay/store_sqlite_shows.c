// SPDX-License-Identifier: MIT
// Shows in SQL, and the search for them: what people type becomes an expression of FTS5 here, in
// which nothing of theirs is an operator.
#include "relay/store_sqlite_rows.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

// Every byte of a search may become a trigram with quotes and OR around it.
#define EXPRESSION_BYTES (LIMIT_SEARCH_BYTES * 12)

static enum store_status show_create(struct store_db *db, struct store_op *op) {
    const struct store_show *const n = &op->row.show;
    const struct show_about *const a = &n->about;
    const uint8_t *const request = op->in.has_hash ? op->in.hash : NULL;
    if (request) {
        row_list_shows(op, store_db_bind(db, SQL_show_find_request, "tb", n->account_id, request));
        if (op->out.count)
            return STORE_TAKEN;
    }
    const enum store_status status = store_db_run(
        db,
        store_db_bind(db, SQL_show_insert, "ttbbttttiiiiiii", n->id, n->account_id, request,
                      n->key_hash, a->title, a->description, a->category, a->tags, a->starts_us,
                      (int64_t)a->visibility, (int64_t)a->is_unrecorded, (int64_t)n->state,
                      n->created_us, n->started_us, n->ended_us),
        NULL);
    if (status != STORE_OK)
        return status;
    return row_list_shows(op, store_db_bind(db, SQL_show_find, "t", n->id));
}

static enum store_status show_edit(struct store_db *db, const struct store_show *n) {
    const struct show_about *const a = &n->about;
    return row_changed_one(db, store_db_bind(db, SQL_show_edit, "tttttiii", n->id, a->title,
                                             a->description, a->category, a->tags, a->starts_us,
                                             (int64_t)a->visibility, (int64_t)a->is_unrecorded));
}

// --- Searching

static bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

// The next word at *at into out; false at the end.
static bool next_word(const char **at, char out[LIMIT_SEARCH_BYTES + 1]) {
    size_t len = 0;
    while (**at && !is_word_byte(**at))
        (*at)++;
    while (is_word_byte(**at))
        out[len++] = *(*at)++;
    out[len] = '\0';
    return len > 0;
}

// `two word` as "two"* "word"*: each the beginning of a word. False: there is none.
static bool words_expression(char out[EXPRESSION_BYTES], const char *typed) {
    char word[LIMIT_SEARCH_BYTES + 1];
    size_t len = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < LIMIT_SEARCH_WORDS_COUNT && next_word(&typed, word); i++)
        len += (size_t)snprintf(out + len, EXPRESSION_BYTES - len, "\"%s\"* ", word);
    return len > 0;
}

static size_t char_len(const char *c) {
    const unsigned char lead = (unsigned char)*c;
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

// Any of the trigrams: `rabit` as "rab" OR "abi" OR "bit". False: the words are too short.
static bool trigrams_expression(char out[EXPRESSION_BYTES], const char *typed) {
    char word[LIMIT_SEARCH_BYTES + 1];
    size_t len = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < LIMIT_SEARCH_WORDS_COUNT && next_word(&typed, word); i++) {
        const size_t word_len = strlen(word);
        for (size_t at = 0; at < word_len; at += char_len(word + at)) {
            size_t end = at;
            for (unsigned n = 0; n < 3 && end < word_len; n++)
                end += char_len(word + end);
            size_t third = at; // where the last of the three begins
            for (unsigned n = 0; n < 2 && third < word_len; n++)
                third += char_len(word + third);
            if (third >= word_len || end > word_len)
                break;
            len += (size_t)snprintf(out + len, EXPRESSION_BYTES - len, "%s\"%.*s\"",
                                    len ? " OR " : "", (int)(end - at), word + at);
            if (len >= EXPRESSION_BYTES - 32)
                return true;
        }
    }
    return len > 0;
}

static enum store_status show_search(struct store_db *db, struct store_op *op) {
    const struct store_show_query q = op->row.query;
    char expression[EXPRESSION_BYTES], tag[LIMIT_TAG_BYTES + 3] = "";
    if (q.tag[0])
        snprintf(tag, sizeof(tag), " %s ", q.tag);
    if (!words_expression(expression, q.words))
        return STORE_OK;
    enum store_status status = row_list_shows(
        op, store_db_bind(db, SQL_show_search, "tittii", expression, (int64_t)q.state, q.category,
                          tag, (int64_t)q.limit, (int64_t)q.skip));
    if (status == STORE_OK && !op->out.count && !q.skip && trigrams_expression(expression, q.words))
        status =
            row_list_shows(op, store_db_bind(db, SQL_show_search_near, "titti", expression,
                                             (int64_t)q.state, q.category, tag, (int64_t)q.limit));
    return status;
}

// Without words: of one account, or of anybody what is over.
static enum store_status show_list(struct store_db *db, struct store_op *op) {
    const struct store_show_query q = op->row.query;
    char tag[LIMIT_TAG_BYTES + 3] = "";
    if (q.tag[0])
        snprintf(tag, sizeof(tag), " %s ", q.tag);
    if (!q.account_id[0])
        return row_list_shows(op, store_db_bind(db, SQL_show_list_over, "ttii", q.category, tag,
                                                (int64_t)q.limit, (int64_t)q.skip));
    return row_list_shows(op, store_db_bind(db, SQL_show_list_of_account, "tittiii", q.account_id,
                                            (int64_t)q.state, q.category, tag, (int64_t)q.limit,
                                            (int64_t)q.skip, (int64_t)q.sees_hidden));
}

enum store_status store_db_show(struct store_db *db, struct store_op *op) {
    const struct store_show *const n = &op->row.show;
    switch (op->kind) {
    case STORE_SHOW_CREATE:
        return show_create(db, op);
    case STORE_SHOW_FIND: {
        const enum store_status status =
            row_list_shows(op, store_db_bind(db, SQL_show_find, "t", op->in.id));
        return status == STORE_OK && !op->out.count ? STORE_NOT_FOUND : status;
    }
    case STORE_SHOW_EDIT:
        return show_edit(db, n);
    case STORE_SHOW_SET_KEY:
        return row_changed_one(db,
                               store_db_bind(db, SQL_show_set_key, "tb", op->in.id, op->in.hash));
    case STORE_SHOW_UPDATE:
        return row_changed_one(db,
                               store_db_bind(db, SQL_show_update, "tiiii", n->id, (int64_t)n->state,
                                             (int64_t)n->is_cancelled, n->started_us, n->ended_us));
    case STORE_SHOW_DELETE:
        return row_changed_one(db, store_db_bind(db, SQL_show_delete, "t", op->in.id));
    case STORE_SHOW_LIST_OPEN:
        return row_list_shows(op,
                              store_db_bind(db, SQL_show_list_open, "i", (int64_t)op->in.limit));
    case STORE_SHOW_LIST_HIDDEN:
        return row_list_shows(op, store_db_bind(db, SQL_show_list_hidden, ""));
    case STORE_SHOW_SEARCH:
        return op->row.query.words[0] ? show_search(db, op) : show_list(db, op);
    default:
        assert(!"an op about shows");
        return STORE_FAILED;
    }
}

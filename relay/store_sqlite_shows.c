// SPDX-License-Identifier: MIT
// Shows in SQL, and the search for them: what people type becomes an expression of FTS5 here, in
// which nothing of theirs is an operator.
#include "relay/account_names.h"
#include "relay/store_sqlite_rows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Every byte of a search may become a trigram with quotes and OR around it.
#define EXPRESSION_BYTES (LIMIT_SEARCH_BYTES * 12)
// "dravving" and "drawing" share a third of their trigrams.
#define LIKE_PERCENT 30U

// STORE_NOT_FOUND when one of the invited names is nobody's.
static enum store_status find_invited(struct store_db *db, const char *invited) {
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1], canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    while (show_invited_next(&invited, name)) {
        (void)account_name_read(canonical, name);
        sqlite3_stmt *const s = store_db_bind(db, SQL_account_exists, "t", canonical);
        const enum store_status status = row_status(sqlite3_step(s));
        sqlite3_reset(s);
        if (status != STORE_OK)
            return status;
    }
    return STORE_OK;
}

// Who is not invited any more, but was.
static enum store_status forget_uninvited(struct store_db *db, const struct store_show *n) {
    char gone[LIMIT_INVITED_COUNT][LIMIT_ACCOUNT_NAME_BYTES + 1];
    size_t count = 0;
    enum store_status status = STORE_OK;
    sqlite3_stmt *const s = store_db_bind(db, SQL_invited_list, "t", n->id);
    int stepped;
    while ((stepped = sqlite3_step(s)) == SQLITE_ROW && count < LIMIT_INVITED_COUNT) {
        ROW_TEXT(gone[count], 0);
        count += !show_is_invited(n->about.invited, gone[count]);
    }
    sqlite3_reset(s);
    if (stepped != SQLITE_DONE && stepped != SQLITE_ROW)
        return STORE_FAILED;
    for (size_t i = 0; i < count && status == STORE_OK; i++)
        status =
            store_db_run(db, store_db_bind(db, SQL_invited_delete, "tt", n->id, gone[i]), NULL);
    return status;
}

// One row for each who is invited, with the time since when: what they are told follows from it.
static enum store_status keep_invited(struct store_db *db, const struct store_show *n,
                                      int64_t now_us) {
    const char *invited = n->about.invited;
    char name[LIMIT_ACCOUNT_NAME_BYTES + 1], canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
    enum store_status status = forget_uninvited(db, n);
    while (status == STORE_OK && show_invited_next(&invited, name)) {
        (void)account_name_read(canonical, name);
        status = store_db_run(
            db, store_db_bind(db, SQL_invited_insert, "tti", canonical, n->id, now_us), NULL);
    }
    return status;
}

static enum store_status show_create(struct store_db *db, struct store_op *op) {
    const struct store_show *const n = &op->row.show;
    const struct show_about *const a = &n->about;
    const uint8_t *const request = op->in.has_hash ? op->in.hash : NULL;
    if (request) {
        row_list_shows(op, store_db_bind(db, SQL_show_find_request, "tb", n->account_id, request));
        if (op->out.count)
            return STORE_TAKEN;
    }
    enum store_status status = find_invited(db, a->invited);
    if (status != STORE_OK)
        return status;
    status = store_db_run(
        db,
        store_db_bind(db, SQL_show_insert, "ttbbttttiiiiiiiiittt", n->id, n->account_id, request,
                      n->key_hash, a->title, a->description, a->category, a->tags, a->starts_us,
                      (int64_t)a->visibility, (int64_t)a->is_unrecorded, (int64_t)n->state,
                      n->created_us, n->started_us, n->ended_us, (int64_t)a->price_coins,
                      (int64_t)a->length_min, a->language, a->invited, a->password_hash),
        NULL);
    if (status == STORE_OK && a->invited[0])
        status = keep_invited(db, n, n->created_us);
    if (status != STORE_OK)
        return status;
    return row_list_shows(op, store_db_bind(db, SQL_show_find, "t", n->id));
}

static enum store_status show_edit(struct store_db *db, const struct store_show *n,
                                   int64_t now_us) {
    const struct show_about *const a = &n->about;
    enum store_status status = find_invited(db, a->invited);
    if (status == STORE_OK)
        status = row_changed_one(
            db, store_db_bind(db, SQL_show_edit, "tttttiiiiittti", n->id, a->title, a->description,
                              a->category, a->tags, a->starts_us, (int64_t)a->visibility,
                              (int64_t)a->is_unrecorded, (int64_t)a->price_coins,
                              (int64_t)a->length_min, a->language, a->invited, a->password_hash,
                              a->cover_s));
    return status == STORE_OK ? keep_invited(db, n, now_us) : status;
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

// The first of the word's characters from *at on that has two more behind it: moves *at behind it
// and says where the three end; 0 when there are none.
static size_t next_trigram(const char *word, size_t *at) {
    const size_t from = *at;
    size_t end = from;
    for (unsigned n = 0; n < 3; n++) {
        if (!word[end])
            return 0;
        end += char_len(word + end);
    }
    if (end > strlen(word))
        return 0;
    *at += char_len(word + from);
    return end;
}

// Of each word any of its trigrams: `rabit` as ("rab" OR "abi" OR "bit"). False: they are too
// short.
static bool trigrams_expression(char out[EXPRESSION_BYTES], const char *typed) {
    char word[LIMIT_SEARCH_BYTES + 1];
    size_t len = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < LIMIT_SEARCH_WORDS_COUNT && next_word(&typed, word); i++) {
        bool is_first = true;
        for (size_t at = 0, from = 0, end; (end = next_trigram(word, &at)); from = at) {
            const char *const joint = !is_first ? " OR " : len ? " AND (" : "(";
            len += (size_t)snprintf(out + len, EXPRESSION_BYTES - len, "%s\"%.*s\"", joint,
                                    (int)(end - from), word + from);
            is_first = false;
        }
        if (!is_first)
            len += (size_t)snprintf(out + len, EXPRESSION_BYTES - len, ")");
    }
    return len > 0;
}

// How many percent of what was typed, in trigrams, stand in the title or the maker's names.
static unsigned likeness(const char *typed, const struct store_show *show) {
    char text[LIMIT_TITLE_BYTES + LIMIT_ACCOUNT_NAME_BYTES + LIMIT_NAME_BYTES + 3];
    char word[LIMIT_SEARCH_BYTES + 1], three[16];
    unsigned count = 0, found = 0;
    snprintf(text, sizeof(text), "%s %s %s", show->about.title, show->creator_name,
             show->creator_display_name);
    while (next_word(&typed, word))
        for (size_t at = 0, from = 0, end; (end = next_trigram(word, &at)); from = at) {
            snprintf(three, sizeof(three), "%.*s", (int)(end - from), word + from);
            count++;
            found += strcasestr(text, three) != NULL;
        }
    return count ? found * 100 / count : 0;
}

struct likely {
    unsigned percent;
    size_t row;
};

static int by_likeness(const void *left, const void *right) {
    const struct likely *const a = left, *const b = right;
    if (a->percent != b->percent)
        return a->percent > b->percent ? -1 : 1;
    return a->row < b->row ? -1 : 1;
}

// Keeps the rows most like what was typed, the likest first.
static enum store_status keep_likely(struct store_op *op, const struct store_show_query *q) {
    const struct store_show *const rows = op->out.rows;
    const size_t count = op->out.count;
    struct likely *const likely = calloc(count + 1, sizeof(*likely));
    struct store_show *const kept = calloc(q->limit + 1, sizeof(*kept));
    size_t kept_count = 0;
    if (!likely || !kept) {
        free(likely);
        free(kept);
        return STORE_BUSY;
    }
    for (size_t i = 0; i < count; i++)
        likely[i] = (struct likely){likeness(q->words, &rows[i]), i};
    qsort(likely, count, sizeof(*likely), by_likeness);
    for (size_t i = 0; i < count && kept_count < q->limit && likely[i].percent >= LIKE_PERCENT; i++)
        kept[kept_count++] = rows[likely[i].row];
    free(likely);
    free(op->out.rows);
    op->out.rows = kept;
    op->out.count = kept_count;
    return STORE_OK;
}

static enum store_status show_search(struct store_db *db, struct store_op *op) {
    const struct store_show_query q = op->row.query;
    char expression[EXPRESSION_BYTES], tag[LIMIT_TAG_BYTES + 3] = "";
    if (q.tag[0])
        snprintf(tag, sizeof(tag), " %s ", q.tag);
    if (!words_expression(expression, q.words))
        return STORE_OK;
    enum store_status status = row_list_shows(
        op, store_db_bind(db, SQL_show_search, "tittiit", expression, (int64_t)q.state, q.category,
                          tag, (int64_t)q.limit, (int64_t)q.skip, q.language));
    if (status != STORE_OK || op->out.count || q.skip || !trigrams_expression(expression, q.words))
        return status;
    status = row_list_shows(op, store_db_bind(db, SQL_show_search_near, "tittiit", expression,
                                              (int64_t)q.state, q.category, tag, (int64_t)0,
                                              (int64_t)0, q.language));
    return status == STORE_OK ? keep_likely(op, &q) : status;
}

// Without words: of one account, or of anybody what is over.
static enum store_status show_list(struct store_db *db, struct store_op *op) {
    const struct store_show_query q = op->row.query;
    char tag[LIMIT_TAG_BYTES + 3] = "";
    if (q.tag[0])
        snprintf(tag, sizeof(tag), " %s ", q.tag);
    if (!q.account_id[0])
        return row_list_shows(op, store_db_bind(db, SQL_show_list_over, "ttiit", q.category, tag,
                                                (int64_t)q.limit, (int64_t)q.skip, q.language));
    return row_list_shows(op, store_db_bind(db, SQL_show_list_of_account, "tittiiit", q.account_id,
                                            (int64_t)q.state, q.category, tag, (int64_t)q.limit,
                                            (int64_t)q.skip, (int64_t)q.sees_hidden, q.language));
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
        return show_edit(db, n, op->in.now_us);
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
        assert(false && "an op about shows");
        return STORE_FAILED;
    }
}

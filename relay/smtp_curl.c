// SPDX-License-Identifier: MIT
// SMTP by libcurl. With the other *_curl.c files the only one that includes <curl/…>.
#include "relay/smtp_line.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Servers that make strangers wait for their greeting take 5 to 10 s; RFC 5321 4.5.3.2 would have
// us wait for minutes, which the next mail would have to, too.
#define CONNECT_TIMEOUT_MS 20000L // up to and with signing in
#define TIMEOUT_MS 60000L

struct smtp_line {
    CURL *curl;
    const struct smtp_config *config;
    const atomic_bool *is_closing;
    const char *text; // that is being sent
    size_t len;
    char error[CURL_ERROR_SIZE];
    struct smtp_result *result;
};

void smtp_line_start(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static size_t read_text(char *out, size_t size, size_t count, void *ctx) {
    struct smtp_line *const line = ctx;
    const size_t len = line->len < size * count ? line->len : size * count;
    memcpy(out, line->text, len);
    line->text += len;
    line->len -= len;
    return len;
}

// The server's lines, one a call; the last one stays, but for the good-bye.
static size_t read_answer(char *bytes, size_t size, size_t count, void *ctx) {
    struct smtp_line *const line = ctx;
    char *const out = line->result->answer;
    size_t len = 0;
    if (size * count >= 3 && strncmp(bytes, "221", 3) == 0)
        return size * count;
    for (size_t i = 0; i < size * count && len < SMTP_SAID_BYTES - 1; i++)
        if (bytes[i] >= ' ' && bytes[i] <= '~')
            out[len++] = bytes[i];
    out[len] = '\0';
    return size * count;
}

static int is_over(void *ctx, curl_off_t to_get, curl_off_t got, curl_off_t to_put,
                   curl_off_t put) {
    const struct smtp_line *const line = ctx;
    (void)to_get, (void)got, (void)to_put, (void)put;
    return atomic_load(line->is_closing);
}

static void set_up(struct smtp_line *line) {
    const struct smtp_config *const config = line->config;
    const struct mail_server *const server = &config->server;
    const bool is_plain = !server->is_tls && server->is_loopback && !config->ca_file[0];
    const bool is_v6 = strchr(server->host, ':') != NULL;
    CURL *const c = line->curl;
    char url[600], from[LIMIT_EMAIL_BYTES + 3];
    // Behind the slash: by what name we greet.
    snprintf(url, sizeof(url), "%s://%s%s%s:%u/%s", server->is_tls ? "smtps" : "smtp",
             is_v6 ? "[" : "", server->host, is_v6 ? "]" : "", server->port,
             mail_address_domain(config->from.address));
    snprintf(from, sizeof(from), "<%s>", config->from.address);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, server->is_tls ? "smtps" : "smtp");
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_USE_SSL, is_plain ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    if (config->ca_file[0]) {
        curl_easy_setopt(c, CURLOPT_CAINFO, config->ca_file);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
    if (config->user[0]) {
        curl_easy_setopt(c, CURLOPT_USERNAME, config->user);
        curl_easy_setopt(c, CURLOPT_PASSWORD, config->password);
    }
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); // else breaking off waits for a silent name server
    curl_easy_setopt(c, CURLOPT_PROXY, "");      // none, whatever the environment says
    curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L); // few mails; an idle connection dies unseen
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, line->error);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, read_text);
    curl_easy_setopt(c, CURLOPT_READDATA, line);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, read_answer);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, line);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, read_answer); // which of both depends on the version
    curl_easy_setopt(c, CURLOPT_WRITEDATA, line);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, is_over);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, line);
}

struct smtp_line *smtp_line_create(const struct smtp_config *config,
                                   const atomic_bool *is_closing) {
    struct smtp_line *const line = calloc(1, sizeof(*line));
    if (!line || !(line->curl = curl_easy_init())) {
        free(line);
        return NULL;
    }
    line->config = config;
    line->is_closing = is_closing;
    set_up(line);
    return line;
}

void smtp_line_destroy(struct smtp_line *line) {
    if (!line)
        return;
    curl_easy_cleanup(line->curl);
    free(line);
}

// What the server said decides; where it said nothing against the mail, the way to it failed.
static enum mail_fate fate_of(CURLcode status, long code) {
    return status == CURLE_OK          ? MAIL_TAKEN
           : code >= 500 && code < 600 ? MAIL_REFUSED
                                       : MAIL_PUT_OFF;
}

void smtp_line_send(struct smtp_line *line, const char *to, const char *text, size_t len,
                    struct smtp_result *out) {
    char recipient[LIMIT_EMAIL_BYTES + 3];
    long code = 0;
    *out = (struct smtp_result){.fate = MAIL_PUT_OFF};
    snprintf(recipient, sizeof(recipient), "<%s>", to);
    struct curl_slist *const recipients = curl_slist_append(NULL, recipient);
    if (!recipients) {
        snprintf(out->said, sizeof(out->said), "out of memory");
        return;
    }
    line->text = text;
    line->len = len;
    line->result = out;
    line->error[0] = '\0';
    curl_easy_setopt(line->curl, CURLOPT_MAIL_RCPT, recipients);
    const CURLcode status = curl_easy_perform(line->curl);
    if (out->answer[0]) // libcurl's own is that of the good-bye
        code = strtol(out->answer, NULL, 10);
    curl_easy_setopt(line->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
    out->fate = fate_of(status, code);
    out->code = code > 0 && code < 1000 ? (unsigned)code : 0;
    if (status != CURLE_OK)
        snprintf(out->said, sizeof(out->said), "%s",
                 line->error[0] ? line->error : curl_easy_strerror(status));
}

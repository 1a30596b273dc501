// SPDX-License-Identifier: MIT
#include "relay/openid_line.h"

#include "relay/relay_limits.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

// Somebody waits for it, and a browser gives up after twenty seconds.
#define TIMEOUT_MS 4000L // four requests at most
#define CONNECT_TIMEOUT_MS 3000L

struct openid_line {
    CURL *curl;
    struct curl_slist *headers;
    size_t len;
    char text[LIMIT_OPENID_ANSWER_BYTES + 1];
};

void openid_line_start(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static size_t take(char *bytes, size_t size, size_t count, void *ctx) {
    struct openid_line *const line = ctx;
    const size_t len = size * count;
    if (len > LIMIT_OPENID_ANSWER_BYTES - line->len)
        return 0; // ends the request
    memcpy(line->text + line->len, bytes, len);
    line->len += len;
    return len;
}

struct openid_line *openid_line_create(bool is_loopback) {
    struct openid_line *const line = calloc(1, sizeof(*line));
    if (!line || !(line->curl = curl_easy_init()) ||
        !(line->headers = curl_slist_append(NULL, "Accept: application/json"))) {
        openid_line_destroy(line);
        return NULL;
    }
    CURL *const c = line->curl;
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, is_loopback ? "https,http" : "https");
    if (is_loopback)
        curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); // the time is up for a silent name server, too
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, line->headers);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "tabcast");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, line);
    return line;
}

void openid_line_destroy(struct openid_line *line) {
    if (!line)
        return;
    curl_easy_cleanup(line->curl);
    curl_slist_free_all(line->headers);
    free(line);
}

static struct openid_answer ask(struct openid_line *line, const char *url) {
    struct openid_answer answer = {.text = line->text};
    long status = 0;
    line->len = 0;
    curl_easy_setopt(line->curl, CURLOPT_URL, url);
    if (curl_easy_perform(line->curl) == CURLE_OK)
        curl_easy_getinfo(line->curl, CURLINFO_RESPONSE_CODE, &status);
    line->text[line->len] = '\0';
    answer.status = status > 0 && status < 1000 ? (unsigned)status : 0;
    answer.len = line->len;
    // Nothing of this request is sent with the next.
    curl_easy_setopt(line->curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(line->curl, CURLOPT_XOAUTH2_BEARER, NULL);
    curl_easy_setopt(line->curl, CURLOPT_USERNAME, NULL);
    curl_easy_setopt(line->curl, CURLOPT_PASSWORD, NULL);
    return answer;
}

struct openid_answer openid_line_get(struct openid_line *line, const char *url, const char *token) {
    curl_easy_setopt(line->curl, CURLOPT_HTTPGET, 1L);
    if (token) {
        curl_easy_setopt(line->curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(line->curl, CURLOPT_XOAUTH2_BEARER, token);
    }
    return ask(line, url);
}

struct openid_answer openid_line_post(struct openid_line *line, const char *url, const char *form,
                                      const char *user, const char *password) {
    curl_easy_setopt(line->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(line->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(form));
    curl_easy_setopt(line->curl, CURLOPT_COPYPOSTFIELDS, form);
    if (user && password) {
        curl_easy_setopt(line->curl, CURLOPT_USERNAME, user);
        curl_easy_setopt(line->curl, CURLOPT_PASSWORD, password);
    }
    return ask(line, url);
}

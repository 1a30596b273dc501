// SPDX-License-Identifier: MIT
// Posts to push services by libcurl.
#include "relay/webpush_line.h"

#include "relay/public_address.h"
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_MS 10000L
#define CONNECT_TIMEOUT_MS 5000L
#define ANSWER_BYTES 4096L // more than a status is not wanted
// News of a show are old after so long.
#define TTL_S 3600

struct webpush_line {
    CURL *curl;
    bool is_anywhere;
    size_t answered; // bytes of the answer's body
};

void webpush_line_start(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static bool is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET)
        return public_address_v4(
            (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)->sin_addr);
    if (address->sa_family == AF_INET6)
        return public_address_v6(
            (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
    return false;
}

// After the name was resolved: the address that is connected to is the one that is looked at.
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address) {
    const struct webpush_line *const line = ctx;
    if (purpose != CURLSOCKTYPE_IPCXN || (!line->is_anywhere && !is_public(&address->addr)))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t drop(char *bytes, size_t size, size_t count, void *ctx) {
    struct webpush_line *const line = ctx;
    (void)bytes;
    line->answered += size * count;
    return line->answered > ANSWER_BYTES ? 0 : size * count;
}

struct webpush_line *webpush_line_create(bool is_anywhere) {
    struct webpush_line *const line = calloc(1, sizeof(*line));
    if (!line || !(line->curl = curl_easy_init())) {
        free(line);
        return NULL;
    }
    line->is_anywhere = is_anywhere;
    CURL *const c = line->curl;
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, is_anywhere ? "https,http" : "https");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L); // the time is up for a silent name server, too
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");   // the address that is looked at is the peer's
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, line);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, line);
    return line;
}

void webpush_line_destroy(struct webpush_line *line) {
    if (!line)
        return;
    curl_easy_cleanup(line->curl);
    free(line);
}

unsigned webpush_line_post(struct webpush_line *line, const char *endpoint,
                           const char *authorization, const uint8_t *body, size_t len) {
    char authorization_line[1024], ttl[32];
    struct curl_slist *headers = NULL;
    long status = 0;
    snprintf(authorization_line, sizeof(authorization_line), "Authorization: %s", authorization);
    snprintf(ttl, sizeof(ttl), "TTL: %d", TTL_S);
    const char *const lines[] = {authorization_line,
                                 ttl,
                                 "Content-Encoding: aes128gcm",
                                 "Content-Type: application/octet-stream",
                                 "Urgency: high",
                                 "Expect:"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct curl_slist *const longer = curl_slist_append(headers, lines[i]);
        if (!longer) {
            curl_slist_free_all(headers);
            return 0;
        }
        headers = longer;
    }
    line->answered = 0;
    curl_easy_setopt(line->curl, CURLOPT_URL, endpoint);
    curl_easy_setopt(line->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(line->curl, CURLOPT_POSTFIELDS, (const char *)body);
    curl_easy_setopt(line->curl, CURLOPT_POSTFIELDSIZE, (long)len);
    if (curl_easy_perform(line->curl) == CURLE_OK)
        curl_easy_getinfo(line->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_setopt(line->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return status > 0 && status < 1000 ? (unsigned)status : 0;
}

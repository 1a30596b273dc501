// SPDX-License-Identifier: MIT
#include "relay/mail_address.h"

#include "shared/utf8.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LOCAL_BYTES 64 // RFC 5321 4.5.3.1.1
#define LABEL_BYTES 63
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Runs of `set` with single dots between them, `len` bytes in all. Returns how many runs, 0: not
// so.
static unsigned dotted(const char *text, size_t len, const char *set, size_t longest) {
    unsigned runs = 0;
    for (size_t at = 0; at < len; at++) {
        const size_t run = strspn(text + at, set);
        if (!run || run > longest || at + run > len)
            return 0;
        at += run;
        runs++;
        if (at == len)
            return runs;
        if (text[at] != '.')
            return 0;
    }
    return 0; // empty, or a dot at the end
}

static bool is_domain(const char *text, size_t len) {
    if (len > 253 || !dotted(text, len, LETTERS "-", LABEL_BYTES))
        return false;
    for (size_t i = 0; i < len; i++) // no hyphen begins or ends a label
        if (text[i] == '-' && (i == 0 || i + 1 == len || text[i - 1] == '.' || text[i + 1] == '.'))
            return false;
    return true;
}

bool mail_address_read(char folded[LIMIT_EMAIL_BYTES + 1], const char *text) {
    static const char atoms[] = LETTERS "!#$%&'*+-/=?^_`{|}~"; // RFC 5322 3.2.3
    const size_t len = strlen(text), local = strcspn(text, "@");
    folded[0] = '\0';
    if (len > LIMIT_EMAIL_BYTES || local == len || !local || local > LOCAL_BYTES ||
        !dotted(text, local, atoms, LOCAL_BYTES))
        return false;
    const char *const domain = text + local + 1;
    const char *const dot = strrchr(domain, '.');
    // A domain of one label is of no use outside one's own network, and a number is no domain.
    if (!is_domain(domain, strlen(domain)) || !dot || (dot[1] >= '0' && dot[1] <= '9'))
        return false;
    for (size_t i = 0; i <= len; i++)
        folded[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    return true;
}

const char *mail_address_domain(const char *address) {
    const char *const at = strrchr(address, '@');
    return at ? at + 1 : "";
}

bool mailbox_read(struct mailbox *out, const char *text) {
    char folded[LIMIT_EMAIL_BYTES + 1];
    const char *const open = strrchr(text, '<');
    const size_t end = strlen(text);
    *out = (struct mailbox){0};
    const char *const address = open ? open + 1 : text;
    const size_t len = end - (size_t)(address - text) - (open ? 1 : 0);
    if ((open && text[end - 1] != '>') || len > LIMIT_EMAIL_BYTES)
        return false;
    memcpy(out->address, address, len);
    out->address[len] = '\0';
    size_t name = open ? (size_t)(open - text) : 0;
    while (name && text[name - 1] == ' ')
        name--;
    if (name > LIMIT_NAME_BYTES || (name && !utf8_is_line((const uint8_t *)text, name)))
        return false;
    memcpy(out->name, text, name);
    return mail_address_read(folded, out->address);
}

static bool is_loopback(const char *host) {
    uint8_t bytes[16];
    static const uint8_t one[16] = {[15] = 1};
    if (inet_pton(AF_INET, host, bytes) == 1)
        return bytes[0] == 127;
    if (inet_pton(AF_INET6, host, bytes) == 1)
        return memcmp(bytes, one, sizeof(one)) == 0;
    return strcasecmp(host, "localhost") == 0;
}

// The host, up to the port or the end; returns where that is, NULL: no host.
static const char *read_host(char out[254], const char *text) {
    uint8_t bytes[16];
    const bool has_brackets = *text == '[';
    text += has_brackets;
    const size_t len = strcspn(text, has_brackets ? "]" : ":");
    if (!len || len > 253 || (has_brackets && text[len] != ']'))
        return NULL;
    memcpy(out, text, len);
    out[len] = '\0';
    if (has_brackets ? inet_pton(AF_INET6, out, bytes) != 1 : !is_domain(out, len))
        return NULL;
    return text + len + has_brackets;
}

bool mail_server_read(struct mail_server *out, const char *url) {
    const size_t scheme = strncmp(url, "smtps://", 8) == 0  ? 8
                          : strncmp(url, "smtp://", 7) == 0 ? 7
                                                            : 0;
    const char *const rest = scheme ? read_host(out->host, url + scheme) : NULL;
    if (!rest)
        return false;
    out->is_tls = scheme == 8;
    out->port = out->is_tls ? 465 : 587;
    out->is_loopback = is_loopback(out->host);
    if (!*rest)
        return true;
    char *end;
    const unsigned long port = rest[0] == ':' && rest[1] >= '1' && rest[1] <= '9'
                                   ? strtoul(rest + 1, &end, 10)
                                   : UINT16_MAX + 1UL;
    if (port > UINT16_MAX || *end)
        return false;
    out->port = (uint16_t)port;
    return true;
}

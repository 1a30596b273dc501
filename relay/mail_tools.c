// SPDX-License-Identifier: MIT
#include "relay/mail_tools.h"

#include "relay/mail_desk.h"
#include "relay/mail_letter.h"
#include "relay/mail_text.h"
#include "relay/random.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static int complain(const char *what) {
    fprintf(stderr, "tabcast: %s\n", what);
    return 1;
}

static int send(const struct smtp_config *config, const char *to, const char *text, size_t len) {
    const atomic_bool is_closing = false;
    struct smtp_result result;
    smtp_line_start();
    struct smtp_line *const line = smtp_line_create(config, &is_closing);
    if (!line)
        return complain("out of memory");
    smtp_line_send(line, to, text, len, &result);
    smtp_line_destroy(line);
    if (result.fate == MAIL_TAKEN) {
        printf("taken by %s:%u\t%s\n", config->server.host, config->server.port, result.answer);
        return 0;
    }
    fprintf(stderr, "tabcast: %s:%u: %s\n", config->server.host, config->server.port, result.said);
    if (result.answer[0])
        fprintf(stderr, "the server's last line: %s\n", result.answer);
    if (result.fate == MAIL_PUT_OFF)
        fprintf(stderr, "a relay would try again\n");
    return 1;
}

int mail_tools_test(const struct options *o, const char *address) {
    char error[256], folded[LIMIT_EMAIL_BYTES + 1], id[LIMIT_ID_CHARS + 1];
    char subject[MAIL_SUBJECT_BYTES], body[MAIL_BODY_BYTES], text[LIMIT_MAIL_BYTES];
    struct smtp_config config;
    const struct mail_letter letter = {.kind = LETTER_TEST, .site = o->public_url};
    if (!mail_settings_read(&config, o, error))
        return complain(error);
    if (!mail_address_read(folded, address))
        return complain("an address like ann@example.org is needed");
    random_id(id);
    if (!mail_letter_write(subject, body, &letter))
        return complain("the message does not fit");
    const struct mail_text message = {.from = config.from,
                                      .to = address,
                                      .subject = subject,
                                      .body = body,
                                      .id = id,
                                      .unix_us = (int64_t)time(NULL) * 1000000};
    return send(&config, address, text, mail_text_write(text, sizeof(text), &message));
}

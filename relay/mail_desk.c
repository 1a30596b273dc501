// SPDX-License-Identifier: MIT
#include "relay/mail_desk.h"

#include "relay/secret_file.h"
#include <stdio.h>
#include <string.h>

bool mail_settings_read(struct smtp_config *out, const struct options *o, char error[256]) {
    *out = (struct smtp_config){0};
    if (!mail_server_read(&out->server, o->smtp_url) || !mailbox_read(&out->from, o->mail_from)) {
        snprintf(error, 256, "no mail server is set: --smtp-url, --mail-from");
        return false;
    }
    memcpy(out->user, o->smtp_user, sizeof(out->user));
    memcpy(out->ca_file, o->smtp_ca, sizeof(out->ca_file));
    return !o->smtp_password_file[0] ||
           secret_file_read(out->password, o->smtp_password_file, error);
}

int mail_desk_open(struct relay *r, const struct mail_desk_config *config, char error[256]) {
    struct mailer_config mailer = {.unix_us = config->unix_us,
                                   .now_us = config->now_us,
                                   .wake = config->wake,
                                   .wake_ctx = config->wake_ctx,
                                   .is_hurried = config->is_hurried,
                                   .hurry_ctx = config->hurry_ctx};
    if (!config->options->smtp_url[0])
        return 0;
    if (!mail_settings_read(&mailer.smtp, config->options, error))
        return -1;
    r->mailer = mailer_create(&mailer);
    if (r->mailer)
        return 0;
    snprintf(error, 256, "out of memory");
    return -1;
}

static void on_event(void *ctx, const struct mail_event *e) {
    const struct relay *const r = ctx;
    const char *const event = e->fate == MAIL_TAKEN ? "mail-sent"
                              : e->is_over          ? "mail-failed"
                                                    : "mail-put-off";
    log_event(r->log, relay_unix_us(r, r->mail_polled_us),
              e->fate == MAIL_TAKEN ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, event,
              LOG_TEXT("kind", e->kind), LOG_TEXT("domain", e->domain),
              LOG_NUMBER("tries", e->tries), LOG_NUMBER("code", e->code),
              LOG_TEXT("said", e->said));
}

void mail_desk_poll(struct relay *r, uint64_t now_us) {
    if (!r->mailer)
        return;
    r->mail_polled_us = now_us;
    mailer_poll(r->mailer, on_event, r);
    const struct mailer_counts counts = mailer_count(r->mailer);
    r->metrics.mails_sent = counts.sent;
    r->metrics.mails_put_off = counts.put_off;
    r->metrics.mails_failed = counts.failed;
    r->metrics.mails_waiting = counts.waiting;
}

void mail_desk_close(struct relay *r, uint64_t (*now_us)(void)) {
    struct mailer *const mailer = r->mailer;
    if (!mailer)
        return;
    const size_t lost_count = mailer_close(mailer, LIMIT_MAIL_FAREWELL_US);
    mail_desk_poll(r, now_us());
    if (lost_count)
        log_event(r->log, relay_unix_us(r, r->mail_polled_us), LOG_LEVEL_WARN, "mails-lost",
                  LOG_NUMBER("count", lost_count));
    r->mailer = NULL; // what the store still answers sends nothing
    mailer_destroy(mailer);
}

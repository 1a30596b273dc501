// SPDX-License-Identifier: MIT
// Messages as they travel, and the letters in them.
#include "relay/mail_letter.h"
#include "relay/mail_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char text[LIMIT_MAIL_BYTES + 1];

static size_t write_mail(const char *from, const char *subject, const char *body) {
    struct mail_text m = {.to = "ann@example.org",
                          .subject = subject,
                          .body = body,
                          .id = "abcdefghijkl",
                          .unix_us = 1800000000123456};
    assert_true(mailbox_read(&m.from, from));
    const size_t len = mail_text_write(text, LIMIT_MAIL_BYTES, &m);
    text[len] = '\0';
    return len;
}

static void a_message_byte_for_byte(void **state) {
    (void)state;
    assert_true(write_mail("Shows <shows@example.org>", "A new password", "Open\n\n.this: a=b \n"));
    assert_string_equal(text, "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"
                              "From: Shows <shows@example.org>\r\n"
                              "To: ann@example.org\r\n"
                              "Subject: A new password\r\n"
                              "Message-ID: <abcdefghijkl@example.org>\r\n"
                              "Auto-Submitted: auto-generated\r\n"
                              "MIME-Version: 1.0\r\n"
                              "Content-Type: text/plain; charset=utf-8\r\n"
                              "Content-Transfer-Encoding: quoted-printable\r\n"
                              "\r\n"
                              "Open\r\n"
                              "\r\n"
                              ".this: a=3Db=20\r\n");
}

static void letters_beyond_ascii_are_encoded_and_never_cut(void **state) {
    (void)state;
    assert_true(write_mail("Sh\xc3\xb6ws & <shows@example.org>",
                           "Gr\xc3\xbc\xc3\x9f"
                           "e =?x?=",
                           "\xc3\xa4\n"));
    assert_non_null(strstr(text, "From: =?UTF-8?Q?Sh=C3=B6ws_=26?= <shows@example.org>\r\n"));
    assert_non_null(strstr(text, "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_=3D=3Fx=3F=3D?=\r\n"));
    assert_non_null(strstr(text, "\r\n\r\n=C3=A4\r\n"));
    // Forty letters of four bytes: several words, each of whole letters, no line too long.
    char subject[161] = "";
    for (int i = 0; i < 40; i++)
        memcpy(subject + 4 * i, "\xf0\x9f\x8e\xad", 5);
    assert_true(write_mail("shows@example.org", subject, subject));
    const char *at = strstr(text, "Subject: ") + 9;
    unsigned letters = 0, words = 0;
    for (; strncmp(at, "=?UTF-8?Q?", 10) == 0; words++) {
        for (at += 10; strncmp(at, "?=", 2) != 0; letters++, at += 12)
            assert_memory_equal(at, "=F0=9F=8E=AD", 12);
        at += strncmp(at, "?=\r\n ", 5) == 0 ? 5 : 2;
    }
    assert_int_equal(letters, 40);
    assert_true(words > 6);
}

static void nothing_ends_a_header_but_its_end(void **state) {
    (void)state;
    assert_true(write_mail("shows@example.org", "x\r\nBcc: eve@example.org\r\n\r\nHello", "a\rb"));
    assert_null(strstr(text, "\r\nBcc"));
    assert_non_null(strstr(text, "Subject: =?UTF-8?Q?x__Bcc=3A_eve=40example=2Eorg____Hello?="));
    assert_non_null(strstr(text, "\r\n\r\na=0Db\r\n"));
    unsigned blank_lines = 0;
    for (const char *at = text; (at = strstr(at, "\r\n\r\n")); at++)
        blank_lines++;
    assert_int_equal(blank_lines, 1);
}

static void lines_are_short_and_what_does_not_fit_is_told(void **state) {
    (void)state;
    char body[3000];
    memset(body, 'x', sizeof(body) - 1);
    body[sizeof(body) - 1] = '\0';
    const size_t len = write_mail("shows@example.org", "S", body);
    assert_true(len);
    for (const char *at = text, *end; *at; at = end + 2) {
        end = strstr(at, "\r\n");
        assert_non_null(end);
        assert_true(end - at <= 76);
    }
    struct mail_text m = {.to = "ann@example.org", .subject = "S", .body = body, .id = "i"};
    assert_true(mailbox_read(&m.from, "shows@example.org"));
    for (size_t cap = 0; cap < 400; cap++)
        assert_int_equal(mail_text_write(text, cap, &m), 0);
}

static void every_letter_fits_whatever_is_in_it(void **state) {
    (void)state;
    char site[256] = "https://", address[LIMIT_EMAIL_BYTES + 1];
    memset(site + 8, 'h', 246);
    memset(address, '+', LIMIT_EMAIL_BYTES);
    address[LIMIT_EMAIL_BYTES] = '\0';
    static const struct {
        const char *language, *foot;
    } languages[] = {{NULL, "nobody reads answers to it.\n"},
                     {"en", "nobody reads answers to it.\n"},
                     {"de", "niemand liest Antworten darauf.\n"}};
    for (unsigned i = 0; i < 3 * LETTER_COUNT; i++) {
        char subject[MAIL_SUBJECT_BYTES], body[MAIL_BODY_BYTES];
        const struct mail_letter letter = {.kind = (enum mail_letter_kind)(i % LETTER_COUNT),
                                           .language = languages[i / LETTER_COUNT].language,
                                           .site = site,
                                           .name = "thirty-two-bytes-are-the-longest",
                                           .address = address,
                                           .code = "0123456789012345678901234567890123456789012"};
        assert_true(mail_letter_write(subject, body, &letter));
        assert_non_null(strstr(body, languages[i / LETTER_COUNT].foot));
        assert_null(strpbrk(subject, "{}"));
        assert_null(strpbrk(body, "{}"));
        assert_true(write_mail("shows@example.org", subject, body));
    }
    char subject[MAIL_SUBJECT_BYTES], body[MAIL_BODY_BYTES];
    assert_true(mail_letter_write(
        subject, body,
        &(struct mail_letter){
            .kind = LETTER_RESET, .site = "https://show.example/", .name = "ann", .code = "CODE"}));
    assert_string_equal(subject, "A new password for show.example");
    assert_non_null(strstr(body, "\nhttps://show.example/reset#CODE\n"));
    assert_non_null(strstr(body, "@ann."));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_byte_for_byte),
        cmocka_unit_test(letters_beyond_ascii_are_encoded_and_never_cut),
        cmocka_unit_test(nothing_ends_a_header_but_its_end),
        cmocka_unit_test(lines_are_short_and_what_does_not_fit_is_told),
        cmocka_unit_test(every_letter_fits_whatever_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

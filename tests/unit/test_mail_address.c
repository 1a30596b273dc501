// SPDX-License-Identifier: MIT
// Addresses, mailboxes, mail servers: what is one and what is none.
#include "relay/mail_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SIXTY_FOUR "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SIXTY_THREE "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void what_is_an_address(void **state) {
    (void)state;
    static const char *const good[] = {"ann@example.org",
                                       "a.b+c=d@mail.example.co",
                                       "Ann.O'Neil@Example.ORG",
                                       "x@xn--bcher-kva.example",
                                       SIXTY_FOUR "@example.org",
                                       "a@" SIXTY_THREE ".org",
                                       "-@a-b.example"};
    static const char *const bad[] = {
        "",
        "@",
        "ann",
        "ann@",
        "@example.org",
        "ann@example",
        "ann@@example.org",
        "ann@b@example.org",
        ".ann@example.org",
        "ann.@example.org",
        "a..b@example.org",
        "ann@.example.org",
        "ann@example.org.",
        "ann@exa..mple.org",
        "ann@-example.org",
        "ann@example-.org",
        "ann@192.0.2.1",
        "ann@[192.0.2.1]",
        "ann @example.org",
        "ann@example.org ",
        " ann@example.org",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\n",
        "ann@example.org>",
        "<ann@example.org>",
        "\"ann\"@example.org",
        "ann,eve@example.org",
        "ann@exa_mple.org",
        "\xc3\xa4nn@example.org",
        "ann@ex\xc3\xa4mple.org",
        SIXTY_FOUR "a@example.org",
        "a@" SIXTY_THREE "b.org",
        "a@" SIXTY_THREE "." SIXTY_THREE "." SIXTY_THREE "." SIXTY_THREE ".org",
    };
    char folded[LIMIT_EMAIL_BYTES + 1];
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(mail_address_read(folded, good[i]));
        assert_int_equal(strlen(folded), strlen(good[i]));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (mail_address_read(folded, bad[i]))
            fail_msg("\"%s\" was taken", bad[i]);
        assert_string_equal(folded, "");
    }
    mail_address_read(folded, "Ann.O'Neil@Example.ORG");
    assert_string_equal(folded, "ann.o'neil@example.org");
    assert_string_equal(mail_address_domain("Ann.O'Neil@Example.ORG"), "Example.ORG");
    assert_string_equal(mail_address_domain("nothing"), "");
}

static void a_mailbox_may_have_a_name(void **state) {
    (void)state;
    struct mailbox m;
    assert_true(mailbox_read(&m, "shows@example.org"));
    assert_string_equal(m.name, "");
    assert_true(mailbox_read(&m, "Ann's sh\xc3\xb6ws  <shows@example.org>"));
    assert_string_equal(m.name, "Ann's sh\xc3\xb6ws");
    assert_string_equal(m.address, "shows@example.org");
    assert_true(mailbox_read(&m, "<shows@example.org>"));
    assert_string_equal(m.name, "");
    static const char *const bad[] = {"",
                                      "<",
                                      ">",
                                      "<>",
                                      "Ann",
                                      "Ann <shows@example.org",
                                      "Ann shows@example.org",
                                      "Ann\n <shows@example.org>",
                                      "\xff <shows@example.org>",
                                      "Ann <shows>",
                                      "a <b@example.org> <"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (mailbox_read(&m, bad[i]))
            fail_msg("\"%s\" was taken", bad[i]);
}

static void what_is_a_mail_server(void **state) {
    (void)state;
    static const struct {
        const char *url, *host;
        uint16_t port;
        bool is_tls, is_loopback;
    } good[] = {
        {"smtp://mail.example.org", "mail.example.org", 587, false, false},
        {"smtps://mail.example.org", "mail.example.org", 465, true, false},
        {"smtp://mail:25", "mail", 25, false, false},
        {"smtp://127.0.0.1:2525", "127.0.0.1", 2525, false, true},
        {"smtp://127.9.9.9", "127.9.9.9", 587, false, true},
        {"smtp://LocalHost:25", "LocalHost", 25, false, true},
        {"smtp://[::1]:25", "::1", 25, false, true},
        {"smtps://[2001:db8::1]", "2001:db8::1", 465, true, false},
        {"smtp://localhost.example.org", "localhost.example.org", 587, false, false},
    };
    static const char *const bad[] = {
        "",
        "mail.example.org",
        "smtp:mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://:25",
        "smtp://mail/",
        "smtp://mail:",
        "smtp://mail:0",
        "smtp://mail:65536",
        "smtp://mail:25x",
        "smtp://mail: 25",
        "smtp://mail:99999999999999999999",
        "smtp://user@mail",
        "smtp://mail?x",
        "smtp://ma il",
        "smtp://mail\r\n",
        "smtp://[::1",
        "smtp://[nothing]",
        "smtp://[::1]25",
        "SMTP://mail",
    };
    struct mail_server s;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!mail_server_read(&s, good[i].url))
            fail_msg("\"%s\" was refused", good[i].url);
        assert_string_equal(s.host, good[i].host);
        assert_int_equal(s.port, good[i].port);
        assert_int_equal(s.is_tls, good[i].is_tls);
        assert_int_equal(s.is_loopback, good[i].is_loopback);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (mail_server_read(&s, bad[i]))
            fail_msg("\"%s\" was taken", bad[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_an_address),
        cmocka_unit_test(a_mailbox_may_have_a_name),
        cmocka_unit_test(what_is_a_mail_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
// What the relay believes of an OpenID provider, and the secrets of one way there and back.
#include "relay/account_names.h"
#include "relay/openid_flow.h"
#include "relay/openid_jws.h"
#include "relay/openid_trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ISSUER "https://id.example/people"
#define CLIENT "tabcast"
#define NONCE "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDD-_9"
#define NOW 1800000000
#define KEY "the relay's own"

static void addresses_are_https_or_of_this_machine(void **state) {
    static const struct {
        const char *url;
        bool is_safe, is_loopback;
    } cases[] = {
        {"https://id.example", true, false},
        {"https://id.example:8443/a?b=c", true, false},
        {"https://[2001:db8::1]/a", true, false},
        {"http://id.example/", false, false},
        {"http://127.0.0.1:9000/a", true, true},
        {"http://[::1]/", true, true},
        {"http://localhost", true, true},
        {"https://localhost:1", true, true},
        {"http://localhost.example/", false, false},
        {"http://127.0.0.1.example/", false, false},
        {"http://127.0.0.1@evil.example/", false, false},
        {"https://ann@id.example/", false, false},
        {"https://", false, false},
        {"https:///a", false, false},
        {"https://id.example/#a", false, false},
        {"https://id.example/a b", false, false},
        {"https://id.example/\r\nHost: b", false, false},
        {"file:///etc/passwd", false, false},
        {"", false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (openid_url_is_safe(cases[i].url, true) != cases[i].is_safe ||
            openid_is_loopback(cases[i].url) != cases[i].is_loopback)
            fail_msg("%s", cases[i].url);
        if (cases[i].is_loopback && strncmp(cases[i].url, "http:", 5) == 0)
            assert_false(openid_url_is_safe(cases[i].url, false));
    }
}

static const char *provider(struct openid_provider *p, const char *json) {
    const char *const wrong = openid_provider_read(p, json, strlen(json));
    return wrong ? wrong : openid_provider_fault(p, ISSUER);
}

#define ENDPOINTS                                                                                  \
    "\"authorization_endpoint\":\"https://id.example/a\","                                         \
    "\"token_endpoint\":\"https://id.example/t\",\"jwks_uri\":\"https://id.example/k\""

static void a_provider_says_who_and_where_it_is(void **state) {
    struct openid_provider p;
    (void)state;
    assert_null(provider(&p, "{\"issuer\":\"" ISSUER "\"," ENDPOINTS "}"));
    assert_true(p.takes_basic);
    assert_false(p.names_itself);
    assert_string_equal(p.person, "");
    assert_null(provider(&p, "{\"issuer\":\"" ISSUER "\"," ENDPOINTS
                             ",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"],"
                             "\"authorization_response_iss_parameter_supported\":true}"));
    assert_false(p.takes_basic);
    assert_true(p.names_itself);
    assert_non_null(provider(&p, "{\"issuer\":\"" ISSUER "/\"," ENDPOINTS "}"));
    assert_non_null(provider(&p, "{\"issuer\":\"https://evil.example\"," ENDPOINTS "}"));
    assert_string_equal(provider(&p, "{" ENDPOINTS "}"), "issuer");
    assert_string_equal(provider(&p, "[]"), "");
    assert_string_equal(
        provider(&p, "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"https://a/\"}"),
        "token_endpoint");
    assert_non_null(provider(&p, "{\"issuer\":\"" ISSUER
                                 "\",\"authorization_endpoint\":\"https://id.example/a\","
                                 "\"token_endpoint\":\"http://127.0.0.1/t\","
                                 "\"jwks_uri\":\"https://id.example/k\"}"));
}

static const char *claims(const char *members) {
    struct openid_claims c;
    char json[1024];
    const int len = snprintf(json, sizeof(json), "{%s}", members);
    const char *const wrong = openid_claims_read(&c, CLIENT, json, (size_t)len);
    return wrong ? wrong : openid_claims_fault(&c, ISSUER, CLIENT, NONCE, NOW);
}

#define SUBJECT "\"sub\":\"ann\""
#define TIMES "\"exp\":1800000300,\"iat\":1800000000"
#define REST SUBJECT "," TIMES ",\"nonce\":\"" NONCE "\""

static void a_token_is_for_us_now_and_of_this_flow(void **state) {
    static const struct {
        const char *members, *fault;
    } cases[] = {
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," REST, NULL},
        {"\"iss\":\"" ISSUER "\",\"aud\":[\"tabcast\"]," REST, NULL},
        {"\"iss\":\"" ISSUER "\",\"aud\":[\"b\",\"tabcast\"],\"azp\":\"tabcast\"," REST, NULL},
        {"\"iss\":\"" ISSUER "\",\"aud\":[\"b\",\"tabcast\"]," REST, "aud"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\",\"azp\":\"b\"," REST, "azp"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcas\"," REST, "aud"},
        {"\"iss\":\"" ISSUER "\",\"aud\":[]," REST, "aud"},
        {"\"iss\":\"" ISSUER "\",\"aud\":7," REST, "aud"},
        {"\"iss\":\"" ISSUER "\"," REST, "aud"},
        {"\"iss\":\"https://id.example\",\"aud\":\"tabcast\"," REST, "iss"},
        {"\"aud\":\"tabcast\"," REST, "iss"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," TIMES ",\"nonce\":\"" NONCE "\"", "sub"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," SUBJECT "," TIMES, "nonce"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," SUBJECT "," TIMES ",\"nonce\":\"x\"",
         "nonce"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," SUBJECT
         ",\"exp\":1799999880,\"iat\":1799999000,\"nonce\":\"" NONCE "\"",
         "exp"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," SUBJECT
         ",\"exp\":1799999881,\"iat\":1799999000,\"nonce\":\"" NONCE "\"",
         NULL}, // clocks differ
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," SUBJECT
         ",\"exp\":1800000300,\"iat\":1800000121,\"nonce\":\"" NONCE "\"",
         "iat"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," SUBJECT ",\"iat\":1,\"nonce\":\"" NONCE "\"",
         "exp"},
        {"\"iss\":\"" ISSUER "\",\"aud\":\"tabcast\"," SUBJECT ",\"exp\":\"1800000300\",\"iat\":1",
         "exp"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *const fault = claims(cases[i].members);
        if ((fault == NULL) != (cases[i].fault == NULL) ||
            (fault && strcmp(fault, cases[i].fault) != 0))
            fail_msg("%s: %s", cases[i].members, fault ? fault : "fine");
    }
}

static void names_are_made_of_what_is_there(void **state) {
    static const struct {
        const char *said, *name;
        uint32_t number;
    } cases[] = {
        {"ann", "ann", 0},
        {"Ann Lee", "Ann.Lee", 0},
        {"ann@id.example", "ann", 0},
        {"ann", "ann2", 2},
        {"..ann--", "ann", 0},
        {"\xc3\xa4nn-lee", "nn-lee", 0},
        {"\xe5\xbc\xa0", "member", 0},
        {"", "member", 0},
        {"", "member99999", 99999},
        {"a", "member", 0},
        {"me", "member", 0},
        {"m.e", "member", 0},
        {"abcdefghijklmnopqrstuvwxyzabcdefghijkl", "abcdefghijklmnopqrstuvwxyza", 0},
        {"abcdefghijklmnopqrstuvwxyzabcdefghijkl", "abcdefghijklmnopqrstuvwxyza12345", 12345},
        {"abcdefghijklmnopqrstuvwxyz....", "abcdefghijklmnopqrstuvwxyz", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[LIMIT_ACCOUNT_NAME_BYTES + 1], canonical[LIMIT_ACCOUNT_NAME_BYTES + 1];
        openid_name_propose(name, cases[i].said, cases[i].number);
        assert_string_equal(name, cases[i].name);
        assert_true(account_name_read(canonical, name));
    }
}

static void a_flow_is_its_browsers_its_accounts_and_in_time(void **state) {
    char value[OPENID_FLOW_CHARS + 1], other[OPENID_FLOW_CHARS + 1];
    struct openid_flow a, b;
    (void)state;
    openid_flow_begin(value, NOW);
    openid_flow_begin(other, NOW);
    assert_true(openid_flow_open(&a, KEY, value, "", NOW));
    assert_true(openid_flow_open(&b, KEY, value, "", NOW + LIMIT_OPENID_FLOW_S - 1));
    assert_memory_equal(&a, &b, sizeof(a));
    assert_int_equal(strlen(a.state), LIMIT_KEY_CHARS);
    assert_int_equal(strlen(a.verifier), LIMIT_KEY_CHARS); // RFC 7636: 43 to 128
    assert_string_not_equal(a.state, a.nonce);
    assert_string_not_equal(a.nonce, a.verifier);
    assert_false(openid_flow_open(&b, KEY, value, "", NOW + LIMIT_OPENID_FLOW_S));
    assert_true(openid_flow_open(&b, KEY, value, "abcdefghijkl", NOW));
    assert_string_not_equal(a.state, b.state);
    assert_true(openid_flow_open(&b, KEY, other, "", NOW));
    assert_string_not_equal(a.state, b.state);
    assert_true(openid_flow_open(&b, "another key", value, "", NOW));
    assert_string_not_equal(a.state, b.state);
    value[0] = value[0] == '7' ? '8' : '7'; // a later end
    assert_true(openid_flow_open(&b, KEY, value, "", NOW));
    assert_string_not_equal(a.state, b.state);
    assert_false(openid_flow_open(&b, KEY, "", "", NOW));
    assert_false(openid_flow_open(&b, KEY, value + 1, "", NOW));
}

static void a_challenge_is_the_verifiers_sha256(void **state) {
    uint8_t digest[SECRET_HASH_LEN];
    (void)state;
    // RFC 7636, appendix B.
    secret_sha256(digest, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    static const uint8_t wanted[] = {19, 211, 30,  150, 26,  26,  216, 236, 47,  22,  177,
                                     12, 76,  152, 46,  8,   118, 168, 120, 173, 109, 241,
                                     68, 86,  110, 225, 137, 74,  203, 112, 249, 195};
    assert_memory_equal(digest, wanted, sizeof(digest));
}

static void a_pass_is_for_one_account_and_some_minutes(void **state) {
    char pass[OPENID_PASS_CHARS + 1], id[LIMIT_ID_CHARS + 1];
    (void)state;
    openid_pass_write(pass, KEY, "abcdefghijkl", NOW);
    assert_int_equal(strlen(pass), OPENID_PASS_CHARS);
    assert_true(openid_pass_read(id, KEY, pass, NOW));
    assert_string_equal(id, "abcdefghijkl");
    assert_false(openid_pass_read(id, KEY, pass, NOW + LIMIT_OPENID_FACTOR_S));
    assert_false(openid_pass_read(id, "another key", pass, NOW));
    for (size_t i = 0; i < OPENID_PASS_CHARS; i++) {
        char changed[OPENID_PASS_CHARS + 1];
        memcpy(changed, pass, sizeof(changed));
        changed[i] = changed[i] == '2' ? '3' : '2';
        assert_false(openid_pass_read(id, KEY, changed, NOW));
        assert_string_equal(id, "");
    }
}

static void the_cookie_is_found_among_others(void **state) {
    char value[OPENID_FLOW_CHARS + 1], cookie[HTTP_SET_COOKIE_BYTES], sent[512];
    char out[OPENID_PASS_CHARS + 1];
    (void)state;
    openid_flow_begin(value, NOW);
    openid_cookie(cookie, value, 900, true);
    assert_non_null(strstr(cookie, "; HttpOnly; SameSite=Strict; Secure"));
    snprintf(sent, sizeof(sent), "a=b; tabcast_openid=short; %.*s; c=d", (int)strcspn(cookie, ";"),
             cookie);
    openid_cookie_find(out, sent);
    assert_string_equal(out, value);
    openid_cookie_find(out, "tabcast_openid=; xtabcast_openid=a");
    assert_string_equal(out, "");
}

static void the_address_to_go_to_is_encoded(void **state) {
    char url[1024], small[64], value[OPENID_FLOW_CHARS + 1];
    struct openid_flow flow;
    (void)state;
    openid_flow_begin(value, NOW);
    assert_true(openid_flow_open(&flow, KEY, value, "", NOW));
    assert_true(openid_authorization_url(url, sizeof(url), "https://id.example/a?tenant=1", "a&b c",
                                         "https://show.example/sign-in", &flow));
    assert_ptr_equal(strstr(url, "https://id.example/a?tenant=1&response_type=code&client_id=a%26b"
                                 "%20c&redirect_uri=https%3A%2F%2Fshow.example%2Fsign-in&scope="
                                 "openid%20profile&state="),
                     url);
    assert_non_null(strstr(url, flow.challenge));
    assert_null(strstr(url, flow.verifier));
    assert_true(
        openid_authorization_url(url, sizeof(url), "https://id.example/a", "c", "r", &flow));
    assert_ptr_equal(strstr(url, "https://id.example/a?response_type=code&"), url);
    assert_false(
        openid_authorization_url(small, sizeof(small), "https://id.example/a", "c", "r", &flow));
}

// --- Signatures: golden files, made once with Node's crypto (tests/golden/README.md)

static char *golden(const char *name, size_t *len) {
    char path[256];
    snprintf(path, sizeof(path), TABCAST_SOURCE_DIR "/tests/golden/openid/%s", name);
    FILE *const file = fopen(path, "rb");
    char *const text = calloc(1, 65536);
    if (!file || !text)
        fail_msg("%s", path);
    *len = fread(text, 1, 65535, file);
    fclose(file);
    text[strcspn(text, "\n")] = '\0';
    *len = strlen(text);
    return text;
}

static bool holds(const char *name, const char *keys_name) {
    static char payload[LIMIT_OPENID_TOKEN_BYTES];
    struct openid_signed_by by;
    char key[LIMIT_OPENID_KEY_BYTES];
    size_t len = 0, keys_len = 0, payload_len = 0, token_len = 0;
    char *const token = golden(name, &token_len), *const keys = golden(keys_name, &keys_len);
    const bool is_fine =
        openid_jws_head(&by, token) &&
        (len = openid_key_find(key, sizeof(key), &by, keys, keys_len)) > 0 &&
        openid_jws_verify(payload, sizeof(payload), &payload_len, token, key, len) &&
        payload_len == strlen(payload) && strstr(payload, "\"sub\":\"ann\"");
    free(token);
    free(keys);
    return is_fine;
}

static void signatures_hold_or_do_not(void **state) {
    (void)state;
    assert_true(holds("rs256.jwt", "keys.json"));
    assert_true(holds("es256.jwt", "keys.json"));
    assert_true(holds("no-kid.jwt", "keys.json"));         // one key of its kind alone
    assert_false(holds("no-kid.jwt", "two-of-kind.json")); // which of them is not said
    assert_false(holds("changed.jwt", "keys.json"));
    assert_false(holds("cut.jwt", "keys.json"));
    assert_false(holds("other-key.jwt", "keys.json")); // of the right name
    assert_false(holds("unknown-kid.jwt", "keys.json"));
    assert_false(holds("none.jwt", "keys.json"));
    assert_false(holds("hs256.jwt", "keys.json")); // keyed by the public key
    assert_false(holds("rs512.jwt", "keys.json"));
    assert_false(holds("weak.jwt", "weak.json")); // RSA of 1024 bits
    assert_false(holds("rs256.jwt", "for-encryption.json"));
}

static void a_token_of_any_length_is_no_trouble(void **state) {
    size_t len = 0;
    char *const token = golden("rs256.jwt", &len);
    struct openid_signed_by by;
    (void)state;
    for (size_t i = 0; i < len; i++) {
        char *const cut = strndup(token, i);
        char payload[64];
        size_t payload_len;
        (void)openid_jws_head(&by, cut);
        assert_false(openid_jws_verify(payload, sizeof(payload), &payload_len, cut, "{}", 2));
        free(cut);
    }
    free(token);
}

// Of which the library says that it cannot be, and ends the program.
static void what_is_no_base64url_never_reaches_the_library(void **state) {
    static const char *const tokens[] = {
        "a===.e30.AAAA", "e30.a===.AAAA", "e30.e30.a===", "a=b=.e30.AAAA", "=.=.=", "..",
        ".e30.",         "e30.e30.A",     "e30. e30.AA",  "e3 0.e30.AAAA", "a",     "",
    };
    static const char *const keys[] = {
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"a===\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AAAA\",\"e\":\"a=b=\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AAAA\",\"e\":7}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AAAA\"}]}",
    };
    const struct openid_signed_by by = {.algorithm = "RS256"};
    char key[LIMIT_OPENID_KEY_BYTES], payload[64];
    struct openid_signed_by out;
    size_t len;
    (void)state;
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        assert_false(openid_jws_head(&out, tokens[i]));
        assert_false(openid_jws_verify(payload, sizeof(payload), &len, tokens[i], "{}", 2));
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        assert_int_equal(openid_key_find(key, sizeof(key), &by, keys[i], strlen(keys[i])), 0);
    // Of a key only what makes it public is handed on.
    static const char whole[] =
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AAAA\",\"e\":\"AQAB\",\"d\":\"a===\","
        "\"kid\":\"k\",\"x5c\":[\"x\"]}]}";
    assert_true(openid_key_find(key, sizeof(key), &by, whole, sizeof(whole) - 1) > 0);
    assert_null(strstr(key, "\"d\""));
    assert_null(strstr(key, "x5c"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_https_or_of_this_machine),
        cmocka_unit_test(a_provider_says_who_and_where_it_is),
        cmocka_unit_test(a_token_is_for_us_now_and_of_this_flow),
        cmocka_unit_test(names_are_made_of_what_is_there),
        cmocka_unit_test(a_flow_is_its_browsers_its_accounts_and_in_time),
        cmocka_unit_test(a_challenge_is_the_verifiers_sha256),
        cmocka_unit_test(a_pass_is_for_one_account_and_some_minutes),
        cmocka_unit_test(the_cookie_is_found_among_others),
        cmocka_unit_test(the_address_to_go_to_is_encoded),
        cmocka_unit_test(signatures_hold_or_do_not),
        cmocka_unit_test(a_token_of_any_length_is_no_trouble),
        cmocka_unit_test(what_is_no_base64url_never_reaches_the_library),
    };
    if (random_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

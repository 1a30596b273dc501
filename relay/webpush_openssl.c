// SPDX-License-Identifier: MIT
// The only file that includes <openssl/…>.
#include "relay/webpush_crypto.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define CURVE "prime256v1"
#define TAG_LEN 16
#define NONCE_LEN 12
#define CONTENT_KEY_LEN 16
#define RECORD_SIZE 4096

// --- Keys

// A key of the library's; `secret` NULL: the public half.
static EVP_PKEY *load(const uint8_t *secret, const uint8_t point[WEBPUSH_POINT_LEN]) {
    EVP_PKEY *key = NULL;
    BIGNUM *const number = secret ? BN_bin2bn(secret, WEBPUSH_SCALAR_LEN, NULL) : NULL;
    OSSL_PARAM_BLD *const builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *const ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM *params = NULL;
    if (builder && ctx && (!secret || number) &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, CURVE, 0) &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         WEBPUSH_POINT_LEN) &&
        (!number || OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number)) &&
        (params = OSSL_PARAM_BLD_to_param(builder)) && EVP_PKEY_fromdata_init(ctx) > 0)
        (void)EVP_PKEY_fromdata(ctx, &key, number ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(ctx);
    BN_clear_free(number);
    return key;
}

static bool take_apart(struct webpush_key *out, EVP_PKEY *key) {
    BIGNUM *number = NULL;
    size_t len = 0;
    const bool is_fine =
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out->point,
                                        sizeof(out->point), &len) > 0 &&
        len == WEBPUSH_POINT_LEN && out->point[0] == 4 &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) > 0 &&
        BN_bn2binpad(number, out->secret, WEBPUSH_SCALAR_LEN) == WEBPUSH_SCALAR_LEN;
    BN_clear_free(number);
    return is_fine;
}

bool webpush_key_make(struct webpush_key *out) {
    EVP_PKEY *const key = EVP_EC_gen(CURVE);
    const bool is_fine = key && take_apart(out, key);
    EVP_PKEY_free(key);
    return is_fine;
}

bool webpush_key_read(struct webpush_key *out, const uint8_t secret[WEBPUSH_SCALAR_LEN]) {
    EC_GROUP *const group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *const point = group ? EC_POINT_new(group) : NULL;
    BIGNUM *const number = BN_bin2bn(secret, WEBPUSH_SCALAR_LEN, NULL);
    const bool is_fine = point && number && !BN_is_zero(number) &&
                         BN_cmp(number, EC_GROUP_get0_order(group)) < 0 &&
                         EC_POINT_mul(group, point, number, NULL, NULL, NULL) &&
                         EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out->point,
                                            WEBPUSH_POINT_LEN, NULL) == WEBPUSH_POINT_LEN;
    memcpy(out->secret, secret, WEBPUSH_SCALAR_LEN);
    BN_clear_free(number);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return is_fine;
}

bool webpush_point_is_valid(const uint8_t point[WEBPUSH_POINT_LEN]) {
    EVP_PKEY *const key = point[0] == 4 ? load(NULL, point) : NULL;
    EVP_PKEY_free(key);
    return key != NULL;
}

// --- Messages

static bool agree(uint8_t shared[WEBPUSH_SCALAR_LEN], const struct webpush_key *own,
                  const uint8_t point[WEBPUSH_POINT_LEN]) {
    EVP_PKEY *const mine = load(own->secret, own->point), *const theirs = load(NULL, point);
    EVP_PKEY_CTX *const ctx = mine ? EVP_PKEY_CTX_new(mine, NULL) : NULL;
    size_t len = WEBPUSH_SCALAR_LEN;
    const bool is_fine = ctx && theirs && EVP_PKEY_derive_init(ctx) > 0 &&
                         EVP_PKEY_derive_set_peer(ctx, theirs) > 0 &&
                         EVP_PKEY_derive(ctx, shared, &len) > 0 && len == WEBPUSH_SCALAR_LEN;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(mine);
    EVP_PKEY_free(theirs);
    return is_fine;
}

static bool hkdf(uint8_t *out, size_t len, const uint8_t *salt, size_t salt_len,
                 const uint8_t *secret, size_t secret_len, const void *info, size_t info_len) {
    EVP_PKEY_CTX *const ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    const bool is_fine = ctx && EVP_PKEY_derive_init(ctx) > 0 &&
                         EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) > 0 &&
                         EVP_PKEY_CTX_set1_hkdf_salt(ctx, salt, (int)salt_len) > 0 &&
                         EVP_PKEY_CTX_set1_hkdf_key(ctx, secret, (int)secret_len) > 0 &&
                         EVP_PKEY_CTX_add1_hkdf_info(ctx, info, (int)info_len) > 0 &&
                         EVP_PKEY_derive(ctx, out, &len) > 0;
    EVP_PKEY_CTX_free(ctx);
    return is_fine;
}

// The last record of RFC 8188: the text, its mark 2, and the tag behind both.
static bool seal(uint8_t *out, const uint8_t key[CONTENT_KEY_LEN], const uint8_t nonce[NONCE_LEN],
                 const uint8_t *text, size_t text_len) {
    static const uint8_t mark = 2;
    EVP_CIPHER_CTX *const ctx = EVP_CIPHER_CTX_new();
    int len = 0, more = 0, end = 0;
    const bool is_fine =
        ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, nonce) > 0 &&
        EVP_EncryptUpdate(ctx, out, &len, text, (int)text_len) > 0 &&
        EVP_EncryptUpdate(ctx, out + len, &more, &mark, 1) > 0 &&
        EVP_EncryptFinal_ex(ctx, out + len + more, &end) > 0 &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_LEN, out + len + more + end) > 0;
    EVP_CIPHER_CTX_free(ctx);
    return is_fine && (size_t)(len + more + end) == text_len + 1;
}

bool webpush_encrypt(uint8_t *out, const uint8_t point[WEBPUSH_POINT_LEN],
                     const uint8_t auth[WEBPUSH_AUTH_LEN], const uint8_t *text, size_t text_len) {
    static const char head[] = "WebPush: info"; // and its NUL, as the RFC has it
    static const char key_info[] = "Content-Encoding: aes128gcm";
    static const char nonce_info[] = "Content-Encoding: nonce";
    struct webpush_key own;
    uint8_t shared[WEBPUSH_SCALAR_LEN], input[32], key[CONTENT_KEY_LEN], nonce[NONCE_LEN];
    uint8_t info[sizeof(head) + 2 * WEBPUSH_POINT_LEN];
    uint8_t *const salt = out;
    if (!webpush_key_make(&own) || RAND_bytes(salt, 16) != 1)
        return false;
    memcpy(info, head, sizeof(head));
    memcpy(info + sizeof(head), point, WEBPUSH_POINT_LEN);
    memcpy(info + sizeof(head) + WEBPUSH_POINT_LEN, own.point, WEBPUSH_POINT_LEN);
    static const uint8_t record[4] = {RECORD_SIZE >> 24, RECORD_SIZE >> 16 & 255,
                                      RECORD_SIZE >> 8 & 255, RECORD_SIZE & 255};
    memcpy(out + 16, record, 4);
    out[20] = WEBPUSH_POINT_LEN;
    memcpy(out + 21, own.point, WEBPUSH_POINT_LEN);
    const bool is_fine =
        text_len + 1 + TAG_LEN <= RECORD_SIZE && agree(shared, &own, point) &&
        hkdf(input, sizeof(input), auth, WEBPUSH_AUTH_LEN, shared, sizeof(shared), info,
             sizeof(info)) &&
        hkdf(key, sizeof(key), salt, 16, input, sizeof(input), key_info, sizeof(key_info)) &&
        hkdf(nonce, sizeof(nonce), salt, 16, input, sizeof(input), nonce_info,
             sizeof(nonce_info)) &&
        seal(out + 21 + WEBPUSH_POINT_LEN, key, nonce, text, text_len);
    OPENSSL_cleanse(&own, sizeof(own));
    OPENSSL_cleanse(shared, sizeof(shared));
    OPENSSL_cleanse(input, sizeof(input));
    OPENSSL_cleanse(key, sizeof(key));
    return is_fine;
}

// --- The token

// ECDSA as JOSE writes it (RFC 7518 3.4): r and s, 32 bytes each.
static bool sign(uint8_t out[64], const struct webpush_key *own, const char *text, size_t len) {
    EVP_PKEY *const key = load(own->secret, own->point);
    EVP_MD_CTX *const ctx = EVP_MD_CTX_new();
    uint8_t der[80];
    size_t der_len = sizeof(der);
    bool is_fine = key && ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) > 0 &&
                   EVP_DigestSign(ctx, der, &der_len, (const uint8_t *)text, len) > 0;
    const uint8_t *at = der;
    ECDSA_SIG *const pair = is_fine ? d2i_ECDSA_SIG(NULL, &at, (long)der_len) : NULL;
    is_fine = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32) == 32 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32) == 32;
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return is_fine;
}

bool webpush_authorization(char out[WEBPUSH_TOKEN_BYTES + 128], const struct webpush_key *key,
                           const char *audience, const char *subject, int64_t expires_s) {
    static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
    char claims[256], token[WEBPUSH_TOKEN_BYTES], point[BASE64URL_CHARS(WEBPUSH_POINT_LEN) + 1];
    uint8_t signature[64];
    const int claims_len =
        snprintf(claims, sizeof(claims), "{\"aud\":\"%s\",\"exp\":%lld,\"sub\":\"%s\"}", audience,
                 (long long)expires_s, subject);
    if (claims_len < 0 || (size_t)claims_len >= sizeof(claims) || strpbrk(audience, "\"\\") ||
        strpbrk(subject, "\"\\"))
        return false;
    size_t len = base64url_write(token, (const uint8_t *)header, sizeof(header) - 1);
    token[len++] = '.';
    len += base64url_write(token + len, (const uint8_t *)claims, (size_t)claims_len);
    if (!sign(signature, key, token, len))
        return false;
    token[len++] = '.';
    base64url_write(token + len, signature, sizeof(signature));
    base64url_write(point, key->point, sizeof(key->point));
    return snprintf(out, WEBPUSH_TOKEN_BYTES + 128, "vapid t=%s, k=%s", token, point) <
           WEBPUSH_TOKEN_BYTES + 128;
}

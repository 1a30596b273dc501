// SPDX-License-Identifier: MIT
// TLS session tickets: whoever comes back within two hours (OpenSSL's limit) is sent no certificate
// again, and nothing is signed for it. The keys that seal them are the same for all loops, since a
// client comes to any of them, and are made anew now and then; what the last ones sealed is still
// taken. They live in memory alone: behind a restart all begin anew. Any loop's thread.
#include "relay/net_lws_loop.h"

#include "relay/random.h"
#include <string.h>

// What is learned of a key opens what was recorded in so long (TLS 1.2; 1.3 also exchanges keys).
#define LIFETIME_US (12 * 3600 * 1000000ULL)
// <openssl/core_names.h> has these names.
#define MAC_KEY "key"
#define MAC_DIGEST "digest"
#define IV_LEN 16

void tickets_init(struct tickets *t, uint64_t now_us) {
    pthread_mutex_init(&t->lock, NULL);
    t->made_us = now_us;
    random_bytes(t->keys, sizeof(t->keys));
}

void tickets_dispose(struct tickets *t) {
    pthread_mutex_destroy(&t->lock);
    OPENSSL_cleanse(t->keys, sizeof(t->keys));
}

void tickets_renew(struct tickets *t, uint64_t now_us) {
    pthread_mutex_lock(&t->lock);
    t->made_us = now_us;
    t->keys[1] = t->keys[0];
    random_bytes(&t->keys[0], sizeof(t->keys[0]));
    pthread_mutex_unlock(&t->lock);
}

void tickets_age(struct tickets *t, uint64_t now_us) {
    if (now_us - t->made_us >= LIFETIME_US)
        tickets_renew(t, now_us);
}

// The key of that name, or the newest when there is no name; 0: none any more, else as OpenSSL's
// callback says: 1, or 2 for one that shall be replaced.
static int take_key(struct tickets *t, const uint8_t *name, struct ticket_key *out) {
    int found = 0;
    pthread_mutex_lock(&t->lock);
    for (int i = 0; i < 2 && !found; i++)
        if (!name || memcmp(t->keys[i].name, name, sizeof(t->keys[i].name)) == 0) {
            *out = t->keys[i];
            found = i + 1;
        }
    pthread_mutex_unlock(&t->lock);
    return found;
}

static bool set_mac(EVP_MAC_CTX *mac, struct ticket_key *key) {
    char digest[] = "sha256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(MAC_KEY, key->mac, sizeof(key->mac)),
        OSSL_PARAM_construct_utf8_string(MAC_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

static int on_ticket(SSL *tls, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac, int is_sealing) {
    struct tickets *const t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls));
    struct ticket_key key;
    int result = take_key(t, is_sealing ? NULL : name, &key);
    if (!result)
        return 0;
    if (is_sealing) {
        memcpy(name, key.name, sizeof(key.name));
        random_bytes(iv, IV_LEN);
    }
    if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key.cipher, iv, is_sealing) != 1 ||
        !set_mac(mac, &key))
        result = -1;
    OPENSSL_cleanse(&key, sizeof(key));
    return result;
}

int tickets_use(struct tickets *t, SSL_CTX *context) {
    SSL_CTX_set_app_data(context, t);
    return SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket) == 1 ? 0 : -1;
}

// SPDX-License-Identifier: MIT
#include "relay/mail_limits.h"

#include "relay/guess_limits.h"
#include "relay/relay_limits.h"
#include <inttypes.h>
#include <stdio.h>

// What one mail costs, so that slow rates are whole numbers per second.
#define ONE 60000
// A household that forgets all its passwords on one evening, then one a minute.
#define OF_ADDRESS_BURST (10 * ONE)
#define OF_ADDRESS_WAIT_S 60
// Mail got lost twice; then one each ten minutes, 144 a day.
#define OF_SUBJECT_BURST (3 * ONE)
#define OF_SUBJECT_WAIT_S 600

int mail_limits_init(struct mail_limits *m) {
    *m = (struct mail_limits){0};
    if (address_limit_init(&m->networks, LIMIT_ADDRESSES_COUNT) == 0 &&
        address_limit_init(&m->subjects, LIMIT_ADDRESSES_COUNT) == 0)
        return 0;
    mail_limits_dispose(m);
    return -1;
}

void mail_limits_dispose(struct mail_limits *m) {
    address_limit_dispose(&m->networks);
    address_limit_dispose(&m->subjects);
}

uint32_t mail_limits_take_address(struct mail_limits *m, const char *address, uint64_t now_us) {
    char network[17];
    guess_address(network, address);
    return address_limit_take(&m->networks, network, now_us, ONE / OF_ADDRESS_WAIT_S,
                              OF_ADDRESS_BURST, ONE)
               ? 0
               : OF_ADDRESS_WAIT_S;
}

uint32_t mail_limits_take(struct mail_limits *m, char kind, const char *subject, uint64_t now_us) {
    char key[24];
    snprintf(key, sizeof(key), "%c%016" PRIx64, kind, guess_name_hash(subject));
    return address_limit_take(&m->subjects, key, now_us, ONE / OF_SUBJECT_WAIT_S, OF_SUBJECT_BURST,
                              ONE)
               ? 0
               : OF_SUBJECT_WAIT_S;
}

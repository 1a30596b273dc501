// SPDX-License-Identifier: MIT
// Tells by Web Push who follows a show's creator, wanted to be reminded of the show or was invited
// to it, that it was announced or is live, and who is invited that they are. Looks at the catalogue
// once a second; of invitations it is told. Under the relay's lock.
#ifndef TABCAST_RELAY_SHOW_NEWS_H
#define TABCAST_RELAY_SHOW_NEWS_H

#include "relay/relay.h"
#include "relay/webpush.h"

struct show_news {
    struct relay *relay;
    struct webpush *webpush; // not owned
    uint64_t looked_us;      // 0 = never: what is there then is no news
};

void show_news_poll(struct show_news *n, uint64_t now_us);

// The store has kept the show, and with it that some are invited since `at_us` (perhaps nobody).
void show_news_invited(struct relay *r, const struct show *show, int64_t at_us);

#endif

// SPDX-License-Identifier: MIT
// Tells by Web Push who follows a show's creator, or wanted to be reminded of the show, that it was
// announced or is live. Looks at the catalogue once a second. Under the relay's lock.
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

#endif

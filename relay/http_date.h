// SPDX-License-Identifier: MIT
// HTTP's dates (RFC 9110 5.6.7), read in all three forms and written as IMF-fixdate. Pure: no
// clock, no locale, no time zone data; any thread.
#ifndef TABCAST_RELAY_HTTP_DATE_H
#define TABCAST_RELAY_HTTP_DATE_H

#include <stdint.h>

// Seconds since 1970, or -1 when `text` is no HTTP date between 1970 and 9999. Two-digit years of
// RFC 850 are 1970 to 2069.
int64_t http_date_read(const char *text);

#endif

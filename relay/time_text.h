// SPDX-License-Identifier: MIT
// Unix time as text: RFC 3339 in UTC with milliseconds, and the date of HTTP (RFC 9110 5.6.7).
// Pure.
#ifndef TABCAST_RELAY_TIME_TEXT_H
#define TABCAST_RELAY_TIME_TEXT_H

#include <stdint.h>

#define TIME_TEXT_LEN 24
#define TIME_HTTP_LEN 29

// "2026-01-31T12:00:00.123Z" and NUL. Times before 1970 and after 9999 are clamped.
void time_text_write(char out[TIME_TEXT_LEN + 1], int64_t unix_us);
// Reads exactly that form (milliseconds optional); -1 when it is not, or no date of the calendar.
int64_t time_text_read(const char *text);
// "Sat, 31 Jan 2026 12:00:00 GMT" and NUL.
void time_http_write(char out[TIME_HTTP_LEN + 1], int64_t unix_us);

#endif

// SPDX-License-Identifier: MIT
#include "relay/time_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LAST_DAY 2932896 // 9999-12-31

struct civil {
    unsigned year, month, day, weekday;
    unsigned hour, minute, second, millisecond;
};

// Days to civil date in the proleptic Gregorian calendar; eras of 400 years begin on 1 March.
static struct civil civil_of(int64_t unix_us) {
    int64_t ms = unix_us / 1000;
    if (ms < 0)
        ms = 0;
    int64_t day_number = ms / 86400000;
    if (day_number > LAST_DAY)
        day_number = LAST_DAY;
    const unsigned day_ms = (unsigned)(ms % 86400000);
    const unsigned days = (unsigned)day_number + 719468; // since 0000-03-01
    const unsigned era = days / 146097;
    const unsigned of_era = days % 146097;
    const unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned month_from_march = (5 * of_year + 2) / 153;
    const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct civil){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = of_year - (153 * month_from_march + 2) / 5 + 1,
        .weekday = ((unsigned)day_number + 4) % 7,
        .hour = day_ms / 3600000,
        .minute = day_ms / 60000 % 60,
        .second = day_ms / 1000 % 60,
        .millisecond = day_ms % 1000,
    };
}

void time_text_write(char out[TIME_TEXT_LEN + 1], int64_t unix_us) {
    const struct civil c = civil_of(unix_us);
    snprintf(out, TIME_TEXT_LEN + 1, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", c.year % 10000,
             c.month % 100, c.day % 100, c.hour % 100, c.minute % 100, c.second % 100,
             c.millisecond % 1000);
}

// Reads `count` digits; false when there are others.
static bool digits(const char **p, unsigned count, unsigned *out) {
    *out = 0;
    for (; count; count--, (*p)++) {
        if (**p < '0' || **p > '9')
            return false;
        *out = *out * 10 + (unsigned)(**p - '0');
    }
    return true;
}

static bool literal(const char **p, char c) {
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

int64_t time_text_read(const char *text) {
    struct civil c = {0};
    const char *p = text;
    if (!digits(&p, 4, &c.year) || !literal(&p, '-') || !digits(&p, 2, &c.month) ||
        !literal(&p, '-') || !digits(&p, 2, &c.day) || !literal(&p, 'T') ||
        !digits(&p, 2, &c.hour) || !literal(&p, ':') || !digits(&p, 2, &c.minute) ||
        !literal(&p, ':') || !digits(&p, 2, &c.second))
        return -1;
    if (literal(&p, '.') && !digits(&p, 3, &c.millisecond))
        return -1;
    if (!literal(&p, 'Z') || *p || c.year < 1970 || c.month < 1 || c.month > 12 || c.hour > 23 ||
        c.minute > 59 || c.second > 59)
        return -1;
    // Days from civil, the reverse of civil_of.
    const unsigned year = c.month <= 2 ? c.year - 1 : c.year;
    const unsigned from_march = c.month > 2 ? c.month - 3 : c.month + 9;
    const unsigned of_era = year % 400;
    const int64_t days = (int64_t)(year / 400) * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
                         (153 * from_march + 2) / 5 + c.day - 1 - 719468;
    const int64_t unix_us =
        (days * 86400 + c.hour * 3600 + c.minute * 60 + c.second) * 1000000 + c.millisecond * 1000;
    // 31 April and day 0 come out as another day: then the text was no date.
    const struct civil again = civil_of(unix_us);
    return again.day == c.day && again.month == c.month ? unix_us : -1;
}

void time_http_write(char out[TIME_HTTP_LEN + 1], int64_t unix_us) {
    static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const struct civil c = civil_of(unix_us);
    snprintf(out, TIME_HTTP_LEN + 1, "%s, %02u %s %04u %02u:%02u:%02u GMT", weekdays[c.weekday],
             c.day % 100, months[c.month - 1], c.year % 10000, c.hour % 100, c.minute % 100,
             c.second % 100);
}

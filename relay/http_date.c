// SPDX-License-Identifier: MIT
// Owns the reading of HTTP dates. The calendar is computed (days from civil), so that
// neither locale nor time zone of the machine can leak in. Refuses impossible dates; a weekday that
// does not match is let through, as RFC 9110 asks for no check.
#include "relay/http_date.h"

#include <string.h>

#define DAY_S 86400

static const char month_names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char day_names[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char long_day_names[7][10] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};

struct civil {
    int year, month, day; // month 1..12
    int hour, minute, second;
};

// Days since 1970-01-01 of the proleptic Gregorian calendar; March is the year's first month here.
static int64_t days_from_civil(int year, int month, int day) {
    const int64_t y = year - (month <= 2);
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t year_of_era = y - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int days_in_month(int year, int month) {
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

// --- A cursor over the text; NULL once something did not match
// -------------------------------------

static const char *eat(const char *at, const char *text) {
    const size_t len = strlen(text);
    return at && strncmp(at, text, len) == 0 ? at + len : NULL;
}

static const char *eat_digits(const char *at, int count, int *out) {
    int value = 0;
    for (int i = 0; at && i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return NULL;
        value = value * 10 + (at[i] - '0');
    }
    *out = value;
    return at ? at + count : NULL;
}

static const char *eat_month(const char *at, int *out) {
    for (int i = 0; at && i < 12; i++) {
        const char *const behind = eat(at, month_names[i]);
        if (behind) {
            *out = i + 1;
            return behind;
        }
    }
    return NULL;
}

static const char *eat_time(const char *at, struct civil *c) {
    at = eat_digits(at, 2, &c->hour);
    at = eat_digits(eat(at, ":"), 2, &c->minute);
    return eat_digits(eat(at, ":"), 2, &c->second);
}

// Sun, 06 Nov 1994 08:49:37 GMT — behind the comma and blank.
static const char *read_imf(const char *at, struct civil *c) {
    at = eat(eat_digits(at, 2, &c->day), " ");
    at = eat(eat_month(at, &c->month), " ");
    at = eat(eat_digits(at, 4, &c->year), " ");
    return eat(eat_time(at, c), " GMT");
}

// Sunday, 06-Nov-94 08:49:37 GMT — behind the comma and blank.
static const char *read_rfc850(const char *at, struct civil *c) {
    at = eat(eat_digits(at, 2, &c->day), "-");
    at = eat(eat_month(at, &c->month), "-");
    at = eat(eat_digits(at, 2, &c->year), " ");
    c->year += c->year < 70 ? 2000 : 1900;
    return eat(eat_time(at, c), " GMT");
}

// Sun Nov  6 08:49:37 1994 — behind the weekday.
static const char *read_asctime(const char *at, struct civil *c) {
    at = eat(eat_month(eat(at, " "), &c->month), " ");
    at = at && *at == ' ' ? eat_digits(at + 1, 1, &c->day) : eat_digits(at, 2, &c->day);
    at = eat(eat_time(eat(at, " "), c), " ");
    return eat_digits(at, 4, &c->year);
}

int64_t http_date_read(const char *text) {
    struct civil c = {0};
    const char *end = NULL;
    for (int i = 0; i < 7 && !end; i++) {
        const char *const behind_long = eat(text, long_day_names[i]);
        const char *const behind_short = eat(text, day_names[i]);
        if (eat(behind_long, ", "))
            end = read_rfc850(eat(behind_long, ", "), &c);
        else if (eat(behind_short, ", "))
            end = read_imf(eat(behind_short, ", "), &c);
        else if (behind_short)
            end = read_asctime(behind_short, &c);
    }
    if (!end || *end)
        return -1;
    // 60 is a leap second; it counts as the next minute's first.
    if (c.year < 1970 || c.hour > 23 || c.minute > 59 || c.second > 60 || c.day < 1 ||
        c.day > days_in_month(c.year, c.month))
        return -1;
    return days_from_civil(c.year, c.month, c.day) * DAY_S + c.hour * 3600 + c.minute * 60 +
           c.second;
}

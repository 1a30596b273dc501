// SPDX-License-Identifier: MIT
// What a name or title shows to an eye: those that show nothing at all, or turn the direction of
// whatever is written behind them (Unicode's embeddings, overrides and isolates), are refused.
// Which names look alike is account_names.h's. Pure.
#ifndef TABCAST_RELAY_SEEN_TEXT_H
#define TABCAST_RELAY_SEEN_TEXT_H

#include <stdbool.h>

// `line` is valid UTF-8 without control characters (utf8_is_line).
bool seen_text_is_plain(const char *line);

#endif

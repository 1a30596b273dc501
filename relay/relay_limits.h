// SPDX-License-Identifier: MIT
// Caps of the relay alone, each with its reason. What peers may send stands in shared/limits.h;
// caps that differ from machine to machine are options (options.c) and only their defaults stand
// here.
#ifndef TABCAST_RELAY_RELAY_LIMITS_H
#define TABCAST_RELAY_RELAY_LIMITS_H

#include "shared/limits.h"

// Event loops: one per core; more than these would share more than they gain.
#define LIMIT_LOOPS_COUNT 64
// How long sound may wait for the next picture when the loop is busy: a picture comes each 33 ms.
#define LIMIT_RIDE_US 40000ULL
// The same when many messages come to the loop, of many rooms: the more come, the longer; so long
// from so many a second on. Nine of ten sounds then find a picture or more sound to go with.
#define LIMIT_RIDE_CROWDED_US 30000ULL
#define LIMIT_RIDE_CROWDED_PER_SECOND 3200ULL
// Texts to at least so many wait for one another, so long: in a lively chat of a thousand a line a
// time costs twice as much. In a live show the next sound takes them along after 20 ms.
#define LIMIT_TEXTS_RIDE_LEAST_COUNT 50
#define LIMIT_TEXTS_RIDE_US 25000ULL

// Defaults of options.
#define LIMIT_ROOMS_DEFAULT_COUNT 1000
#define LIMIT_MEMBERS_DEFAULT_COUNT 5000      // of one room: 10 Gbit/s at 2 Mbit/s each
#define LIMIT_CONNECTIONS_DEFAULT_COUNT 16000 // files the process may open set the true end
#define LIMIT_PER_ADDRESS_DEFAULT_COUNT 4000  // a school behind one address, but not all of them
#define LIMIT_SHOWS_PER_MINUTE_DEFAULT 60     // made by one address
#define LIMIT_PUBLISHER_DEFAULT_BPS                                                                \
    24000000 // three renditions of 1080p and sound, and room to burst

// Shows kept in memory: announced, live and just ended ones; 5 kB each.
#define LIMIT_SHOWS_COUNT 5000
#define LIMIT_REPLAYS_COUNT 20000
// An announced show nobody started, and an ended one, are forgotten after this; an account's after
// its start could last be, and some weeks.
#define LIMIT_SHOW_IDLE_US (24ULL * 3600 * 1000000)
#define LIMIT_SHOW_OF_ACCOUNT_IDLE_US (400ULL * 24 * 3600 * 1000000)
#define LIMIT_SHOW_AHEAD_US (366LL * 24 * 3600 * 1000000)
#define LIMIT_SHOWS_OF_ACCOUNT_COUNT 50 // announced or live at once
#define LIMIT_CATEGORY_BYTES 16
#define LIMIT_TAGS_COUNT 8
#define LIMIT_TAG_BYTES 32
#define LIMIT_TAGS_BYTES (LIMIT_TAGS_COUNT * (LIMIT_TAG_BYTES + 1) + 1)
#define LIMIT_REQUEST_KEY_BYTES 64     // of an Idempotency-Key
#define LIMIT_COVER_BYTES (256 * 1024) // 1280 x 720 as WebP or JPEG takes a third of it
#define LIMIT_COVER_SIDE 4096
#define LIMIT_LANGUAGE_BYTES 3 // ISO 639: two letters or three
#define LIMIT_PRICE_COINS 1000000
#define LIMIT_SHOW_LENGTH_MIN 1440 // expected length: what is longer has no length in mind
// Whom a private show names: a class, a circle of friends; more is a public.
#define LIMIT_INVITED_COUNT 50
#define LIMIT_INVITED_BYTES (LIMIT_INVITED_COUNT * (LIMIT_ACCOUNT_NAME_BYTES + 1) + 1)
// A show's password is told to many: shorter than an account's. At one guess each five seconds, for
// all addresses together, six letters last for years.
#define LIMIT_SHOW_PASSWORD_LEAST_BYTES 6
#define LIMIT_PASS_S (24 * 3600) // of a show's password, said once: for this evening
// Searching: words as typed, and how deep the pages of one search go.
#define LIMIT_SEARCH_BYTES 200
#define LIMIT_SEARCH_WORDS_COUNT 12
#define LIMIT_SEARCH_DEPTH_COUNT 1000
#define LIMIT_FOLLOWS_COUNT 2000     // of one account
#define LIMIT_NOTIFICATIONS_COUNT 50 // shown; older ones are in nobody's way
// A replay that its maker has deleted can be had back for so long, and so many of them.
#define LIMIT_DISCARD_S 3600
#define LIMIT_DISCARDS_COUNT 256
#define LIMIT_SHOW_ENDED_US (3600ULL * 1000000)

// Accounts. A name is part of an address, /@NAME.
#define LIMIT_ACCOUNT_NAME_BYTES 32
#define LIMIT_ACCOUNT_NAME_LEAST_BYTES 2
#define LIMIT_PASSWORD_LEAST_BYTES 8 // NIST SP 800-63B 5.1.1.2
#define LIMIT_PASSWORD_BYTES 200
#define LIMIT_PASSWORD_HASH_BYTES 127 // libsodium's encoding of Argon2id
#define LIMIT_AGENT_BYTES 120         // of a browser's name for itself, to tell sessions apart
// Sessions of one account: every browser and device of one person, and some to spare.
#define LIMIT_SESSIONS_COUNT 50
#define LIMIT_SESSION_S (30 * 24 * 3600)
#define LIMIT_INVITATION_S (7 * 24 * 3600)
#define LIMIT_INVITATIONS_COUNT 500 // open at once; beyond it one is revoked first
#define LIMIT_RESET_S (24 * 3600)   // of a link for a new password
#define LIMIT_RESET_MAILED_S 3600   // the same by mail: whoever asked for it is waiting
// E-mail. An address: RFC 5321 4.5.3.1.3, less the two brackets.
#define LIMIT_EMAIL_BYTES 254
#define LIMIT_EMAIL_WAITING_S (24 * 3600) // for its link to be opened
#define LIMIT_MAILS_WAITING_COUNT 500     // a spike; at two a second it is gone in four minutes
#define LIMIT_MAIL_BYTES 8192             // of one message; ours are below 3 kB
// A mail that the server cannot take now is tried again after 5 s, 20 s, 80 s … and given up after
// half an hour: by then its link has half expired.
#define LIMIT_MAIL_TRIES_COUNT 6
#define LIMIT_MAIL_RETRY_US 5000000ULL
// What still waits when the relay ends is tried once more, all of it within this. With the 3 s that
// sockets get, and one to break a try off, it stays below the 10 s after which containers are
// killed.
#define LIMIT_MAIL_FAREWELL_US 5000000ULL
// A face: what the page makes of a photograph, at JPEG's best some 30 kB.
#define LIMIT_FACE_BYTES (48 * 1024)
#define LIMIT_FACE_PIXELS 256 // square
// Web Push: a browser's address at its maker's service; those of today are 200 to 400 bytes.
#define LIMIT_ENDPOINT_BYTES 600
#define LIMIT_PUSHES_OF_ACCOUNT_COUNT 10
#define LIMIT_PUSHES_COUNT 5000 // sent for one show's news
#define LIMIT_PUSHES_WAITING_COUNT 10000
#define LIMIT_RECOVERY_CODES_COUNT 10 // of one second factor
#define LIMIT_ERRANDS_COUNT 64        // taken up at once (errands.h)
// OpenID Connect. OpenID Connect Core 2: a subject has at most 255 ASCII characters.
#define LIMIT_ISSUER_BYTES 255
#define LIMIT_SUBJECT_BYTES 255
#define LIMIT_OPENID_URL_BYTES 511 // of one of a provider's addresses
// A provider's documents: discovery and keys have 2 to 10 KiB, a token with many groups some more.
#define LIMIT_OPENID_ANSWER_BYTES (64 * 1024)
#define LIMIT_OPENID_TOKEN_BYTES (24 * 1024) // of one token in such an answer
#define LIMIT_OPENID_KEY_BYTES 4096          // of one key; RSA of 8192 bits has 1.4 KiB
// Codes of today have 20 to 1500 bytes; the address that brings one is a request's query.
#define LIMIT_OPENID_CODE_BYTES 2048
#define LIMIT_OPENID_WAITING_COUNT 32 // at one to ten a second, nobody's turn is far
// From leaving for the provider to coming back, where passwords are looked for and accounts made.
#define LIMIT_OPENID_FLOW_S 900
// Of one address: a class that signs in at the beginning of the hour.
#define LIMIT_OPENID_BEGINS_PER_SECOND 2
#define LIMIT_OPENID_BEGINS_BURST 60
#define LIMIT_OPENID_FACTOR_S 300 // from the provider's word to the code of the second factor
// An account without a password is given one by who has signed in no longer ago.
#define LIMIT_FRESH_SESSION_S 600
// What somebody says of themselves, and where else they are found.
#define LIMIT_BIO_BYTES 1000
#define LIMIT_LINKS_COUNT 5
#define LIMIT_LINK_BYTES 200
#define LIMIT_LINKS_BYTES (LIMIT_LINKS_COUNT * (LIMIT_LINK_BYTES + 1))
// Passwords that wait for a worker: at some 30 ms each nobody waits longer than two seconds.
#define LIMIT_PASSWORDS_WAITING_COUNT 64
#define LIMIT_SIGN_INS_PER_MINUTE_DEFAULT 60 // wrong ones of one address
#define LIMIT_ACCOUNTS_PER_MINUTE_DEFAULT 20 // made by one address
#define LIMIT_CHANGES_PER_SECOND 5           // made by one account
#define LIMIT_CHANGES_BURST 300
#define LIMIT_SEARCHES_PER_SECOND 20 // by one address: each is some milliseconds of a reader
#define LIMIT_SEARCHES_BURST 200
// Calls of the store whose answers have not come yet: 6 kB each.
#define LIMIT_STORE_WAITING_COUNT 4096

// 2048 messages are 12 s of three renditions at 30 fps and sound; bytes end it first at high rates.
#define LIMIT_RING_MESSAGES_COUNT 2048
#define LIMIT_RING_BYTES (16ULL * 1024 * 1024)
// Chat, presence and state of one room: a member who falls that far behind reads nothing at all.
#define LIMIT_RING_TEXTS_COUNT 256
#define LIMIT_RING_TEXTS_BYTES (512ULL * 1024)
// Messages for one session alone (welcome, time, ack …) that wait for its socket.
#define LIMIT_SESSION_QUEUE_COUNT 32

// docs/protocol.md: "within 10 s, the first message".
#define LIMIT_HELLO_US 10000000ULL
// docs/protocol.md: the publisher's grace.
#define LIMIT_PUBLISHER_AWAY_US 30000000ULL
// So long without a word, and the room is told that it may take a while.
#define LIMIT_PUBLISHER_QUIET_US 5000000ULL
// Of the 30 s, how long the recording of a relay that was killed waits to go on before it becomes a
// replay: a tab comes back within 5 s of the relay.
#define LIMIT_RECORDING_AWAITED_US 10000000ULL
// A publisher sends sound 50 times a second: silent for 2 s means its socket is dead and may be
// replaced.
#define LIMIT_PUBLISHER_SILENT_US 2000000ULL
// A member whose socket takes nothing for 15 s while something waits is gone or hopeless.
#define LIMIT_STALLED_US 15000000ULL
// Idle proxies cut at 25 s and more: a peer silent for 20 s is sent a PING; one that answers none
// for 50 s is gone.
#define LIMIT_PING_US 20000000ULL
#define LIMIT_UNHEARD_US 50000000ULL
// How long a close frame may take to leave before the socket is cut.
#define LIMIT_CLOSING_US 5000000ULL

// Text messages of one session: `time` 10/s, `lag` 1/s, chat; beyond this it is a flood.
#define LIMIT_TEXTS_PER_SECOND 25
#define LIMIT_TEXTS_BURST 100
// Media messages: 3 renditions of 60 fps and 50 audio packets are 230/s; burst: what a tab held
// back for 10 s.
#define LIMIT_MEDIA_PER_SECOND 400
#define LIMIT_MEDIA_BURST 4000
#define LIMIT_CHAT_PER_SECOND 1
#define LIMIT_CHAT_BURST 5
#define LIMIT_JOINS_PER_SECOND 20
// Of whom a publisher that comes is told as being there: as many as fit a text message.
#define LIMIT_PEOPLE_COUNT 16
#define LIMIT_POSTER_INTERVAL_US 4500000ULL // 5 s by the protocol, less what a timer may jitter

#define LIMIT_KEYFRAME_WISH_US 1000000ULL
// A joiner asks for a fresh key frame when the newest one is older than this.
#define LIMIT_KEYFRAME_FRESH_US 500000ULL
// It waits for that one where the last was there so soon, give or take a picture's time.
#define LIMIT_KEYFRAME_SOON_US 200000ULL
#define LIMIT_KEYFRAME_JITTER_US 50000ULL
#define LIMIT_ACK_US 100000ULL
// Passed on at most so often; a timer's jitter is forgiven.
#define LIMIT_TIMING_INTERVAL_US 900000ULL
// A creator's share in the latency is no more than this; a larger one is not meant.
#define LIMIT_TIMING_US 60000000
#define LIMIT_PRESENCE_US 1000000ULL
#define LIMIT_PROGRAMME_US 1000000ULL // front pages are told of changes at most so often

// HTTP.
#define LIMIT_HTTP_BODY_BYTES (64 * 1024)
#define LIMIT_HTTP_PATH_BYTES 512
#define LIMIT_HTTP_QUERY_BYTES 3072 // a code of an OpenID provider, and what comes with it
#define LIMIT_HTTP_HEAD_BYTES 16384 // of a whole request's; browsers stay below 4 KiB
#define LIMIT_HTTP_HEADER_BYTES 256 // of one header that we read
#define LIMIT_HTTP_CHUNK_BYTES (64 * 1024)
#define LIMIT_HISTORY_MESSAGE_BYTES (256 * 1024)
#define LIMIT_ADDRESSES_COUNT 4096 // addresses whose rate is remembered

#endif

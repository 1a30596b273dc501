// SPDX-License-Identifier: MIT
// The states of a session and what may happen in which: a table, nothing else.
//
//              hello(watch)                        any refusal, end of the show
//   SILENT ───────────────► WATCHING ──────────────────────────────────────────► CLOSING
//     │        hello(publish)           start
//     ├───────────────────► READY ────────────► PUBLISHING
//     │  programme
//     └───────────────────► LISTENING
#ifndef TABCAST_RELAY_SESSION_STATE_H
#define TABCAST_RELAY_SESSION_STATE_H

enum session_state {
    SESSION_SILENT,
    SESSION_WATCHING,
    SESSION_READY,
    SESSION_PUBLISHING,
    SESSION_LISTENING, // to the programme
    SESSION_CLOSING,
    SESSION_STATE_COUNT
};

enum session_event {
    SESSION_ON_HELLO_WATCH,
    SESSION_ON_HELLO_PUBLISH,
    SESSION_ON_START,
    SESSION_ON_END,
    SESSION_ON_CHAT,
    SESSION_ON_NAME,
    SESSION_ON_TIME,
    SESSION_ON_VIEWER_REPORT, // lag, keyframe
    SESSION_ON_MEDIA,
    SESSION_ON_PROGRAMME,
    SESSION_ON_CLOSE,
    SESSION_EVENT_COUNT
};

const char *session_state_name(enum session_state state);

// The state after `event`, or SESSION_STATE_COUNT when the event does not fit the state.
enum session_state session_next_state(enum session_state state, enum session_event event);

#endif

// SPDX-License-Identifier: MIT
#include "relay/session_state.h"

const char *session_state_name(enum session_state state) {
    static const char *const names[SESSION_STATE_COUNT] = {"silent",     "watching",  "ready",
                                                           "publishing", "listening", "closing"};
    return names[state];
}

enum session_state session_next_state(enum session_state state, enum session_event event) {
#define NO SESSION_STATE_COUNT
    static const enum session_state next[SESSION_STATE_COUNT][SESSION_EVENT_COUNT] = {
        //                    hello watch       hello publish  start               end
        //                    chat              name           time                viewer's report
        //                    media, programme  close
        [SESSION_SILENT] = {SESSION_WATCHING, SESSION_READY, NO, NO, //
                            NO, NO, NO, NO,                          //
                            NO, SESSION_LISTENING, SESSION_CLOSING},
        [SESSION_WATCHING] = {NO, NO, NO, NO, //
                              SESSION_WATCHING, SESSION_WATCHING, SESSION_WATCHING,
                              SESSION_WATCHING, //
                              NO, NO, SESSION_CLOSING},
        [SESSION_READY] = {NO, NO, SESSION_PUBLISHING, SESSION_READY,       //
                           SESSION_READY, SESSION_READY, SESSION_READY, NO, //
                           NO, NO, SESSION_CLOSING},
        [SESSION_PUBLISHING] = {NO, NO, NO, SESSION_PUBLISHING,                                 //
                                SESSION_PUBLISHING, SESSION_PUBLISHING, SESSION_PUBLISHING, NO, //
                                SESSION_PUBLISHING, NO, SESSION_CLOSING},
        [SESSION_LISTENING] = {NO, NO, NO, NO,                //
                               NO, NO, SESSION_LISTENING, NO, //
                               NO, NO, SESSION_CLOSING},
        [SESSION_CLOSING] = {NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, SESSION_CLOSING},
    };
#undef NO
    return next[state][event];
}

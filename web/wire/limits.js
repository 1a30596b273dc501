// SPDX-License-Identifier: MIT
// The caps of shared/limits.h for the page. The header says why each has its value; a test
// (tests/web/limits.test.js) compares the two files name by name.

export const LIMIT_MEDIA_MESSAGE_BYTES = 1024 * 1024;
export const LIMIT_INIT_BYTES = 4096;
export const LIMIT_AUDIO_MESSAGE_BYTES = 4096;
export const LIMIT_POSTER_BYTES = 128 * 1024;
export const LIMIT_FOREIGN_BLOCK_BYTES = 64 * 1024 * 1024;
export const LIMIT_TEXT_MESSAGE_BYTES = 4096;
export const LIMIT_CHAT_TEXT_BYTES = 1000;
export const LIMIT_NAME_BYTES = 64;
export const LIMIT_TITLE_BYTES = 200;
export const LIMIT_DESCRIPTION_BYTES = 2000;
export const LIMIT_CHAT_HISTORY_COUNT = 100;
export const LIMIT_RENDITIONS_COUNT = 3;
export const LIMIT_TEMPORAL_LAYERS_COUNT = 3;
export const LIMIT_TIMESTAMP_US = 2592000000000;
export const LIMIT_VIDEO_SIDE_PIXELS = 4096;
export const LIMIT_ID_CHARS = 12;
export const LIMIT_KEY_CHARS = 43;

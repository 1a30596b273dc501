// SPDX-License-Identifier: MIT
// The border lint finds what it is there to find, and lets pass what is allowed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkC } from './c-borders.mjs';
import { checkJs } from './js-borders.mjs';

const C_CASES = [
    ['relay/room.c', '#include <libwebsockets.h>', /belongs to/],
    ['relay/room.c', '#  include <jansson.h>', /belongs to/],
    ['relay/room.c', '#include "wasm/vp8.h"', /relay\/ may include from/],
    ['shared/wire.c', '#include <stdlib.h>', /libc without malloc/],
    ['shared/wire.c', '    char *p = malloc(3);', /calls malloc/],
    ['shared/wire.c', '#include "relay/room.h"', /shared\/ may include from/],
    ['wasm/vp8.c', '#include <emscripten.h>', /belongs to/],
    ['relay/net_lws.c', '#include <libwebsockets.h>', null],
    ['relay/json_jansson.c', '#include <jansson.h>', null],
    ['relay/room.c', '#include "shared/wire.h"', null],
    ['relay/room.c', '#include "room.h"', null],
    ['wasm/encoder_bridge.c', '#include <emscripten.h>', null],
    ['shared/wire.c', '// malloc() is never called here', null],
];
for (const [name, line, expected] of C_CASES) {
    test(`C: ${name}: ${line.trim()} ${expected ? 'is found' : 'passes'}`, () => {
        const findings = checkC(name, line);
        if (expected) assert.match(findings.join('\n'), expected);
        else assert.deepEqual(findings, []);
    });
}

const JS_CASES = [
    ['web/wire/header.js', "import x from '../codec/player-module.js';", /wire\/ may import itself/],
    ['web/watch/viewer.js', "import { a } from '../publish/publisher.js';", /watch\/ may import/],
    ['web/publish/publisher.js', "import {\n  a,\n} from '../ui/chat.js';", /publish\/ may import/],
    ['web/ui/player.js', "import '../watch/socket.js';", /ui\/ may import/],
    ['web/ui/player.js', "const w = new Worker(new URL('../watch/watch-worker.js', import.meta.url));", /ui\/ may import/],
    ['web/watch/viewer.js', "const m = await import('lit');", /no package/],
    ['web/ui/player.js', "import { Viewer } from '../watch/viewer.js';", null],
    ['web/ui/player.js', "import { html } from 'lit';", null],
    ['web/watch/viewer.js', "export { limits } from '../wire/limits.js';", null],
    ['web/watch/viewer.js', "/** @type {import('../ui/x.js').X} */ let x;", null],
    ['web/codec/player-module.js', "fetch(new URL('../../build/wasm/player.wasm', import.meta.url))", null],
];
for (const [name, code, expected] of JS_CASES) {
    test(`JS: ${name}: ${code.replace(/\s+/g, ' ')} ${expected ? 'is found' : 'passes'}`, () => {
        const findings = checkJs(name, code);
        if (expected) assert.match(findings.join('\n'), expected);
        else assert.deepEqual(findings, []);
    });
}

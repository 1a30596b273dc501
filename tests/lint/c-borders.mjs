// SPDX-License-Identifier: MIT
// Which C file may include what: docs/architecture.md, "Who may include whom", as tables.
import path from 'node:path';

// Each third-party header belongs to the files listed; nobody else may name it.
const LIBRARY_OWNERS = [
    { header: /^libwebsockets(\.h|\/)/, owners: [/^relay\/net_lws[a-z_]*\.[ch]$/] },
    { header: /^ev(\+\+)?\.h$/, owners: [/^relay\/net_lws[a-z_]*\.[ch]$/, /^relay\/main\.c$/] },
    { header: /^jansson\.h$/, owners: [/^relay\/json_jansson\w*\.[ch]$/] },
    { header: /^sodium(\.h|\/)/, owners: [/^relay\/(password|random)_sodium\.c$/] },
    { header: /^liboath\//, owners: [/^relay\/totp_oath\.c$/] },
    { header: /^sqlite3\.h$/, owners: [/^relay\/store_sqlite[a-z_]*\.[ch]$/] },
    { header: /^liburing\.h$/, owners: [/^relay\/push_uring\.c$/] },
    { header: /^emscripten(\.h|\/)/, owners: [/^wasm\/[a-z_/]*_bridge\.c$/] },
    { header: /^(vpx|opus|libavformat|libavcodec|libavutil)\//, owners: [/^wasm\//] },
    { header: /^opus\.h$/, owners: [/^wasm\//] },
    { header: /^openssl\//, owners: [/^relay\/webpush_openssl\.c$/] },
    { header: /^curl\//, owners: [/^relay\/[a-z]+_curl\.c$/] },
    { header: /^cjose\//, owners: [/^relay\/openid_cjose\.c$/] },
    { header: /^hiredis\/|^(uv|zlib)\.h$/, owners: [] },
];

// shared/ is pure: it takes bytes and gives bytes, so it allocates nothing, reads no clock and does no I/O.
const SHARED_LIBC = new Set(['assert.h', 'limits.h', 'stdalign.h', 'stdbool.h', 'stddef.h', 'stdint.h', 'string.h', 'inttypes.h']);
const SHARED_CALLS = /\b(malloc|calloc|realloc|free|printf|fprintf|snprintf|fopen|time|clock_gettime)\s*\(/;

// Folder of the including file -> folders it may include from.
const FOLDER_MAY = {
    shared: ['shared'],
    wasm: ['shared', 'wasm'],
    relay: ['shared', 'relay'],
};

function libraryFinding(name, header) {
    for (const { header: pattern, owners } of LIBRARY_OWNERS) {
        if (!pattern.test(header) || owners.some((owner) => owner.test(name))) continue;
        const who = owners.length > 0 ? owners.map(String).join(' or ') : 'no file of the project yet';
        return `includes <${header}>, which belongs to ${who}`;
    }
    return null;
}

function folderFinding(name, header) {
    const folder = name.split('/')[0];
    const may = FOLDER_MAY[folder];
    const target = header.includes('/') ? header.split('/')[0] : path.posix.dirname(name).split('/')[0];
    if (!may || may.includes(target)) return null;
    if (!(target in FOLDER_MAY) && target !== 'tests' && target !== 'web') return null;
    return `includes "${header}", but ${folder}/ may include from ${may.join('/ and ')}/ only`;
}

/** @returns {string[]} findings as sentences, `file:line: …` */
export function checkC(name, text) {
    const findings = [];
    const folder = name.split('/')[0];
    text.split('\n').forEach((line, i) => {
        const say = (what) => what && findings.push(`${name}:${i + 1}: ${what}`);
        const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line);
        if (include) {
            const [, mark, header] = include;
            if (folder in FOLDER_MAY) say(libraryFinding(name, header));
            if (mark === '"') say(folderFinding(name, header));
            if (mark === '<' && folder === 'shared' && !SHARED_LIBC.has(header)) {
                say(`includes <${header}>, but shared/ uses libc without malloc, stdio and clock`);
            }
        } else if (folder === 'shared') {
            const call = SHARED_CALLS.exec(line.replace(/\/\/.*$/, '').replace(/"[^"]*"/g, '""'));
            if (call) say(`calls ${call[1]}(), but shared/ allocates nothing and does no I/O`);
        }
    });
    return findings;
}

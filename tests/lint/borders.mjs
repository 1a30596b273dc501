// SPDX-License-Identifier: MIT
// Says in words which file includes or imports across a border that docs/architecture.md draws.
import { checkC } from './c-borders.mjs';
import { projectFiles, readText, report } from './files.mjs';
import { checkJs } from './js-borders.mjs';

const files = projectFiles().filter((name) => /^(shared|wasm|relay)\/.*\.[ch]$|^web\/.*\.js$/.test(name));
const findings = files.flatMap((name) => {
    const text = readText(name) ?? '';
    return name.endsWith('.js') ? checkJs(name, text) : checkC(name, text);
});
report('borders', files.length, findings);

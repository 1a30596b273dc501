// SPDX-License-Identifier: MIT
// The words lint finds text in templates, however they are nested, and nothing else.
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkTemplates } from './template-text.mjs';

const CASES = [
    ['html`<p>Hello</p>`', /web\/ui\/x\.js:1: the text "Hello"/],
    ['const a = 1;\nreturn html`<p>${a ? html`<b>Nested</b>` : nothing}</p>`;', /x\.js:2: the text "Nested"/],
    ['html`<p\n>${a}\n behind it</p>`', /x\.js:3: the text "behind it"/],
    ['html`<input placeholder="Your name">`', /placeholder="Your name"/],
    ['html`<img alt="A rabbit" src=${url}>`', /alt="A rabbit"/],
    ['html`<p aria-label=${words.a}>${words.b} · @${name} 12 × 3</p>`', null],
    ['html`<button type="button" class="primary large" @click=${() => this.go({ a: 1 })}>${icon(x)}</button>`', null],
    ['css`.a { content: "Words"; }`', null],
    ['const sentence = `A sentence with ${a}`;', null],
    ['// html`<p>In a comment</p>`\nconst quote = "`";\nhtml`<p>${"a } b"}</p>`', null],
    ['html`<svg><title>${words.a}</title></svg><!-- a note -->`', null],
];
for (const [source, expected] of CASES) {
    test(`${JSON.stringify(source)} ${expected ? 'is found' : 'passes'}`, () => {
        const findings = checkTemplates('web/ui/x.js', source);
        if (expected) assert.match(findings.join('\n'), expected);
        else assert.deepEqual(findings, []);
    });
}

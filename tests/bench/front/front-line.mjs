// SPDX-License-Identifier: MIT
// The relay as the open net meets it: slowhttptest's attacks, plain and under TLS, beside a viewer who must lose nothing, and
// testssl.sh. Prints markdown; the status is 1 when the viewer lost a message, /healthz failed once, or testssl complains of
// more than is explained in the README.
//   node tests/bench/front/front-line.mjs [--seconds 60] [--connections 500] [--only plain|tls|testssl] [--binary FILE]
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ATTACKS, runAttack } from './attacks.mjs';
import { makeCertificate, openStage } from './stage.mjs';
import { complaintsOf, testTls, tlsRows } from './tls-report.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, connections: { type: 'string', default: '500' }, only: { type: 'string' }, binary: { type: 'string' } } });
/** br on the page's own files, which hold no secrets: README.md. */
const EXPLAINED = new Set(['BREACH']);

for (const [tool, name] of [['slowhttptest', 'slowhttptest'], ['testssl', 'testssl.sh']]) {
    if (spawnSync(tool, ['-h'], { stdio: 'ignore' }).error) throw new Error(`${tool} is missing: apt-get install ${name}`);
}

const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-front-'));
let isFine = true;
const wants = (part) => values.only === undefined || values.only === part;

async function attackAll(title, options) {
    const stage = await openStage({ ...options, binary: values.binary });
    try {
        console.log(`\n### ${title}: ${values.connections} connections, ${values.seconds} s at most\n`);
        console.log('| attack | held at once by the relay | nine tenths of them until | left at the end | /healthz asked, failed, worst | viewer: messages, lost, longest pause | CPU | RSS |\n|---|---|---|---|---|---|---|---|');
        for (const attack of ATTACKS) {
            const r = await runAttack(attack, stage, { seconds: Number(values.seconds), connections: Number(values.connections) });
            isFine &&= r.isFine;
            console.log(`| ${attack.name} | ${r.noticed.most} | ${r.noticed.fullUntilS.toFixed(0)} s | ${r.noticed.left} after ${r.lastS.toFixed(0)} s (${r.how.trim()}) | ${r.noticed.asked}, ${r.noticed.failed}, ${r.noticed.worstMs.toFixed(0)} ms | ` +
                `${r.viewer.messages}, ${r.viewer.lost}, ${r.viewer.pauseMs.toFixed(0)} ms | ${r.cpuPercent.toFixed(1)} % | ${r.residentMb.toFixed(0)} MB |${r.isFine ? '' : ' FAILED'}`);
        }
    } finally {
        await stage.close();
    }
}

try {
    const { authority, args } = makeCertificate(folder);
    if (wants('plain')) await attackAll('Plain', {});
    if (wants('tls')) await attackAll('Under TLS', { args });
    if (wants('testssl')) {
        const stage = await openStage({ args, binary: values.binary });
        try {
            const findings = await testTls(stage.url, { folder, authority });
            const viewer = stage.tally.read();
            console.log('\n### testssl.sh\n\n| what | found |\n|---|---|');
            for (const [what, found] of tlsRows(findings)) console.log(`| ${what} | ${found} |`);
            console.log(`| the viewer meanwhile | ${viewer.messages} messages, ${viewer.lost} lost |`);
            isFine &&= viewer.lost === 0 && complaintsOf(findings).every(({ id }) => EXPLAINED.has(id));
        } finally {
            await stage.close();
        }
    }
} finally {
    await rm(folder, { recursive: true, force: true });
}
if (!isFine) console.log('\nFAILED');
process.exitCode = isFine ? 0 : 1;

// SPDX-License-Identifier: MIT
// Lighthouse on every page, signed in where that shows more, with a show on stage and a replay to watch:
//   npm install --prefix tests/bench
//   node tests/bench/house/lighthouse.mjs [--pages home,show,…] [--form mobile|desktop] [--runs 1] [--least 0.95] [--why]
// Prints performance, accessibility, best practices and what costs points; the status is 1 when one is below `--least`.
import path from 'node:path';
import { parseArgs } from 'node:util';
import lighthouse, { desktopConfig } from 'lighthouse';
import { member } from '../../contract/lib/client.mjs';
import { launchChromiumTabs } from '../../e2e/lib/browsers.mjs';
import { projectRoot, startRelay, until } from '../../e2e/lib/relay.mjs';
import { startWirePublisher } from '../../e2e/lib/wire-publisher.mjs';
import { median } from './house.mjs';

const { values } = parseArgs({
    options: {
        pages: { type: 'string' },
        form: { type: 'string', default: 'mobile' },
        runs: { type: 'string', default: '1' },
        least: { type: 'string', default: '0.95' },
        why: { type: 'boolean', default: false },
    },
});
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const clip = path.join(projectRoot, 'tests/golden/ffmpeg-vp8-opus.webm');

/** A site with something on every page. */
async function furnish(relay) {
    const owner = await member(relay, 'marguerite', { displayName: 'Marguerite D.' });
    const over = (await owner.ask('POST', 'shows', { title: 'Owls at dusk', description: 'From **the barn**.' })).body;
    const past = await startWirePublisher(relay.url, { file: clip, show: over });
    await until(async () => (await owner.ask('GET', `shows/${over.id}`)).body.state === 'live', 'the first show');
    await new Promise((resolve) => setTimeout(resolve, 4000)); // of film
    await past.end();
    await until(async () => (await owner.ask('GET', `replays/${over.id}`)).status === 200, 'its replay');
    const on = (await owner.ask('POST', 'shows', { title: 'Drawing birds that cannot sit still' })).body;
    const publisher = await startWirePublisher(relay.url, { file: clip, show: on });
    for (const title of ['Clay, wheel, water', 'A quiet morning']) await owner.ask('POST', 'shows', { title, category: 'art', startsAt: new Date(Date.now() + 86_400_000).toISOString() });
    return { owner, publisher, live: on.id, replay: over.id };
}

const pagesOf = ({ live, replay }) => ({
    home: ['/'],
    search: ['/?q=owls'],
    show: [`/show/${live}`],
    replay: [`/replay/${replay}`],
    studio: ['/studio'],
    'sign-in': ['/sign-in'],
    'sign-up': ['/sign-up'],
    forgotten: ['/forgotten'],
    reset: ['/reset#code'],
    'confirm-email': ['/confirm-email#code'],
    notices: ['/notices'],
    profile: ['/@marguerite'],
    'not-found': ['/nothing-here'], // is a 404 as it should be
    account: ['/account', true],
    schedule: ['/schedule', true],
    admin: ['/admin', true],
});

/** Costs points by other names. */
const DETAILS = ['layout-shifts', 'long-tasks'];

function explain(lhr) {
    for (const id of DETAILS)
        for (const item of (lhr.audits[id]?.details?.items ?? []).slice(0, 5))
            console.error(`    ${id}: ${JSON.stringify(item.node ? [item.score, item.node.snippet, item.node.boundingRect] : [item.url, item.startTime, item.duration]).slice(0, 260)}`);
    for (const id of CATEGORIES)
        for (const ref of lhr.categories[id].auditRefs) {
            const audit = lhr.audits[ref.id];
            if (!ref.weight || audit.score === null || audit.score >= 0.9) continue;
            console.error(`    ${id}: ${audit.id} ${audit.score} ${audit.displayValue ?? ''}`);
            for (const item of (audit.details?.items ?? []).slice(0, 4)) console.error(`        ${JSON.stringify(item.node?.snippet ?? item.description ?? item.url ?? item).slice(0, 240)}`);
        }
}

const relay = await startRelay();
const chromium = await launchChromiumTabs();
let isFine = true;
let publisher;
try {
    const site = await furnish(relay);
    publisher = site.publisher;
    const port = Number(new URL(chromium.browser.wsEndpoint()).port);
    const all = pagesOf(site);
    console.log(`| ${values.form} | ${CATEGORIES.join(' | ')} | LCP, TBT ms, CLS |\n|---|---|---|---|---|`);
    for (const name of values.pages?.split(',') ?? Object.keys(all)) {
        const [at, isSignedIn] = all[name];
        const scores = CATEGORIES.map(() => []);
        let last;
        for (let run = 0; run < Number(values.runs); run++) {
            const flags = { port, onlyCategories: CATEGORIES, logLevel: 'silent', ignoreStatusCode: name === 'not-found', ...(isSignedIn ? { extraHeaders: { Authorization: `Bearer ${site.owner.token}` } } : {}) };
            last = (await lighthouse(relay.url + at, flags, values.form === 'desktop' ? desktopConfig : undefined)).lhr;
            CATEGORIES.forEach((id, i) => scores[i].push(last.categories[id].score ?? 0));
        }
        const medians = scores.map(median);
        const number = (id) => Math.round(last.audits[id].numericValue ?? -1);
        console.log(`| ${name} | ${medians.map((score) => score.toFixed(2)).join(' | ')} | ${number('largest-contentful-paint')}, ${number('total-blocking-time')}, ${(last.audits['cumulative-layout-shift'].numericValue ?? -1).toFixed(3)} |`);
        if (last.runtimeError) console.error(`    ${last.runtimeError.message}`);
        if (values.why || medians.some((score) => score < Number(values.least))) explain(last);
        isFine &&= medians.every((score) => score >= Number(values.least));
    }
} finally {
    await publisher?.end().catch(() => {});
    await chromium.close();
    await relay.stop();
}
process.exitCode = isFine ? 0 : 1;

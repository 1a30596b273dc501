// SPDX-License-Identifier: MIT
// The pages against a real relay with a real show: what they say, how they refresh, the chat, accessibility in both
// themes and at both widths, keyboard and thumb.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { startCreator } from './lib/creator.mjs';
import { createShow, startRelay, until } from './lib/relay.mjs';

const TITLE = 'An Evening <b>&</b> a Rabbit';
const DESCRIPTION = 'We watch the meadow wake up.\nBring a pencil.';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
let relay;
let creator;
let chromium;

before(async () => {
    relay = await startRelay();
    creator = await startCreator(relay.url, { title: TITLE, description: DESCRIPTION });
    chromium = await launchChromium();
});

after(async () => {
    await chromium?.close();
    await creator?.stop();
    await relay?.stop();
});

async function open(path, { viewport = DESKTOP, scheme = 'dark' } = {}) {
    const page = await chromium.context.newPage();
    page.errors = collectErrors(page);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto(`${relay.url}${path}`);
    return page;
}

const chat = (page) => page.getByRole('region', { name: 'Chat' });
const message = (page) => page.getByRole('textbox', { name: 'Message' });
const isSeated = (page) => until(async () => !/Finding your seat/.test(await chat(page).innerText()), 'a seat');

async function say(page, text) {
    await message(page).fill(text);
    await message(page).press('Enter');
}

/** States of each page that axe looks at. `ready` waits for what the page is about. */
const PAGES = {
    home: { path: () => '/', ready: (page) => page.getByRole('link', { name: TITLE }).waitFor() },
    show: { path: () => `/show/${creator.show.id}`, ready: isSeated },
    studio: { path: () => '/studio', ready: (page) => page.getByLabel('Title').waitFor() },
    notices: { path: () => '/notices', ready: (page) => page.getByRole('heading', { level: 1 }).waitFor() },
    'not found': { path: () => '/no/such/page', ready: (page) => page.getByRole('heading', { level: 1 }).waitFor() },
    'no such show': { path: () => '/show/aaaaaaaaaaaa', ready: (page) => page.getByRole('heading', { name: 'No such show' }).waitFor() },
};

for (const [name, { path, ready }] of Object.entries(PAGES)) {
    test(`${name}: no accessibility violation, nothing wider than the screen, in both themes and at both widths`, { timeout: 120000 }, async () => {
        for (const scheme of ['dark', 'light']) {
            for (const viewport of [DESKTOP, PHONE]) {
                const page = await open(path(), { viewport, scheme });
                await ready(page);
                const where = `${name}, ${scheme}, ${viewport.width} px`;
                assert.deepEqual(await violations(page), [], where);
                const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                assert.equal(overflow, 0, `${where}: scrolls sideways by ${overflow} px`);
                assert.deepEqual(page.errors.filter((e) => !/404/.test(e)), [], where);
                await page.close();
            }
        }
    });
}

test('a thumb meets nothing smaller than 44 px', { timeout: 60000 }, async () => {
    for (const path of ['/', `/show/${creator.show.id}`, '/studio']) {
        const page = await open(path, { viewport: PHONE });
        await page.getByRole('link', { name: 'Tabcast, home' }).waitFor();
        if (path.startsWith('/show')) await isSeated(page);
        const small = await page.evaluate(() => {
            const found = [];
            const visit = (root) => {
                for (const element of root.querySelectorAll('*')) {
                    if (element.shadowRoot) visit(element.shadowRoot);
                    if (!element.matches('button, a[href].button, input, select, textarea, .brand')) continue;
                    // What one taps for a box to tick is its label.
                    const box = ((element.matches('[type=checkbox]') && element.closest('label')) || element).getBoundingClientRect();
                    if (box.width > 0 && getComputedStyle(element).visibility === 'visible' && box.top >= 0 && (box.height < 43.5 || box.width < 43.5))
                        found.push(`${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim()} ${box.width}x${box.height}`);
                }
            };
            visit(document);
            return found;
        });
        assert.deepEqual(small, [], path);
        await page.close();
    }
});

test('home shows who is live, and a title stays text', async () => {
    const page = await open('/');
    const link = page.getByRole('link', { name: TITLE });
    await link.waitFor();
    assert.equal(await link.innerText(), TITLE);
    assert.equal(await page.locator('tabcast-show-card b').count(), 0);
    await until(() => page.evaluate(() => document.querySelector('tabcast-show-card').shadowRoot.querySelector('tabcast-poster').shadowRoot.querySelector('img')?.naturalWidth > 0), 'the poster', 40000);
    await link.click();
    await page.waitForURL(`**/show/${creator.show.id}`);
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    await page.close();
});

test('home refreshes by itself and keeps its elements', { timeout: 120000 }, async () => {
    const page = await open('/');
    await page.getByRole('link', { name: TITLE }).waitFor();
    await page.evaluate(() => (document.querySelector('tabcast-show-card').dataset.kept = 'yes'));
    const other = await startCreator(relay.url, { title: 'Second of the evening', width: 320, height: 180 });
    await page.getByRole('link', { name: 'Second of the evening' }).waitFor();
    assert.equal(await page.locator('tabcast-show-card[data-kept="yes"]').count(), 1);
    await other.stop();
    const replays = page.getByRole('region', { name: 'Replays' });
    await replays.getByRole('link', { name: 'Second of the evening' }).waitFor();
    assert.equal(await page.getByRole('region', { name: 'Live now' }).getByRole('link', { name: 'Second of the evening' }).count(), 0);
    await page.close();
});

test('home asks nothing while its tab is hidden, and at once when it is seen again', async () => {
    const page = await chromium.context.newPage();
    await page.clock.install();
    let asked = 0;
    page.on('request', (request) => (asked += request.url().includes('/api/v1/shows?state=live') ? 1 : 0));
    await page.goto(relay.url);
    await page.getByRole('link', { name: TITLE }).waitFor();
    const see = (state) => page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }, state);
    const beforeTurn = asked;
    await page.clock.runFor(11_000);
    await until(() => asked === beforeTurn + 1, 'the next question, after five or ten seconds');
    await page.getByRole('link', { name: TITLE }).waitFor();
    await see('hidden');
    const beforeHidden = asked;
    await page.clock.runFor(120_000);
    assert.equal(asked, beforeHidden, 'asked while hidden');
    await see('visible');
    await until(() => asked === beforeHidden + 1, 'a question on coming back');
    await page.close();
});

test('home tells when the relay is away, keeps what was on, and comes back', { timeout: 120000 }, async () => {
    const page = await open('/');
    await page.getByRole('link', { name: TITLE }).waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await page.getByText('No answer from the relay').waitFor({ timeout: 15000 });
    assert.equal(await page.getByRole('link', { name: TITLE }).count(), 1);
    await page.reload();
    await page.getByRole('heading', { name: 'The relay does not answer' }).waitFor();
    await page.unroute('**/api/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: TITLE }).waitFor();
    await page.close();
});

test('show: title, description, state, viewers, share', async () => {
    const page = await open(`/show/${creator.show.id}`);
    await page.getByRole('heading', { level: 1, name: TITLE }).waitFor();
    assert.equal(await page.title(), `${TITLE} · Tabcast`);
    const viewers = page.getByRole('status', { name: 'viewers' });
    await until(async () => /^1 watching$/.test(await viewers.innerText()), 'one viewer');
    const second = await open(`/show/${creator.show.id}`);
    await until(async () => /^2 watching$/.test(await viewers.innerText()), 'two viewers');
    await second.close();
    await until(async () => /^1 watching$/.test(await viewers.innerText()), 'one viewer again');
    await page.locator('.description').getByText('Bring a pencil.').waitFor();
    await chromium.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByText('Address copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${relay.url}/show/${creator.show.id}`);
    await page.close();
});

test('chat: lines between two tabs by keyboard, history for a third, script stays text', async () => {
    const path = `/show/${creator.show.id}`;
    const [one, two] = [await open(path), await open(path)];
    await Promise.all([isSeated(one), isSeated(two)]);
    await say(one, 'first line');
    await until(async () => (await chat(two).innerText()).includes('first line'), 'the line in the other tab');
    await message(two).fill('<script>window.hit=1</script><img src=x onerror="window.hit=1">');
    await two.getByRole('button', { name: 'Send' }).click();
    await until(async () => (await chat(one).innerText()).includes('<script>window.hit=1</script>'), 'the script as text');
    assert.equal(await one.evaluate(() => window.hit), undefined);
    const three = await open(path);
    await until(async () => (await chat(three).innerText()).includes('first line'), 'the history');
    await message(one).fill('with a');
    await message(one).press('Shift+Enter');
    await message(one).pressSequentially('second row');
    await message(one).press('Enter');
    await until(async () => (await chat(two).innerText()).includes('with a\nsecond row'), 'two rows');
    assert.equal(await message(one).inputValue(), '');
    for (const page of [one, two, three]) await page.close();
});

test('chat: one\'s own name is kept for the next visit', async () => {
    const path = `/show/${creator.show.id}`;
    const page = await open(path);
    await isSeated(page);
    await page.getByRole('button', { name: 'Change your name' }).click();
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('   ');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('A name needs at least one letter.').waitFor();
    await name.fill('Marguerite');
    await name.press('Enter');
    await say(page, 'it is me');
    await until(async () => /Marguerite\s*\(you\)\s*it is me/.test(await chat(page).innerText()), 'the line under the name');
    await page.reload();
    await page.getByRole('button', { name: 'as Marguerite' }).waitFor();
    await isSeated(page);
    await say(page, 'me again');
    await until(async () => /Marguerite\s*\(you\)\s*me again/.test(await chat(page).innerText()), 'the name after a reload');
    await page.evaluate(() => localStorage.clear());
    await page.close();
});

test('chat: too fast is said kindly and the line comes back', async () => {
    const page = await open(`/show/${creator.show.id}`);
    await isSeated(page);
    await page.evaluate(async () => {
        const root = document.querySelector('tabcast-chat').shadowRoot;
        for (let i = 0; i < 9; i += 1) {
            const field = root.querySelector('textarea');
            field.value = `quick ${i}`;
            field.dispatchEvent(new InputEvent('input', { bubbles: true }));
            root.querySelector('form').requestSubmit();
        }
    });
    await page.getByText('A little slower, please').waitFor();
    // Five lines are allowed at once: the next one comes back, those behind it are quoted since the field is taken.
    await until(async () => /“quick \d” was not sent/.test(await chat(page).innerText()), 'a line quoted');
    assert.match(await message(page).inputValue(), /^quick \d$/);
    assert.ok((await chat(page).innerText()).includes('quick 4'));
    await page.close();
});

test('chat: too long cannot be sent, and says by how much', async () => {
    const page = await open(`/show/${creator.show.id}`);
    await isSeated(page);
    await message(page).fill('x'.repeat(1003));
    await page.getByText('3 characters too many.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Send' }).isDisabled());
    await message(page).fill('x'.repeat(12));
    assert.ok(await page.getByRole('button', { name: 'Send' }).isEnabled());
    await page.close();
});

test('chat: who reads above is told of new lines and goes down by a button', { timeout: 90000 }, async () => {
    const path = `/show/${creator.show.id}`;
    const [reader, writer] = [await open(path, { viewport: PHONE }), await open(path)];
    await Promise.all([isSeated(reader), isSeated(writer)]);
    // Rows make the list long without meeting the rate limit.
    await say(writer, Array.from({ length: 40 }, (_, i) => `row ${i}`).join('\n'));
    await until(async () => (await chat(reader).innerText()).includes('row 39'), 'the long line');
    await reader.bringToFront(); // a covered tab tells of no scrolling
    const log = reader.getByRole('log');
    const isAtBottom = () => log.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight < 4);
    await until(isAtBottom, 'the newest line in view');
    await log.evaluate((e) => (e.scrollTop = 0));
    await until(async () => !(await isAtBottom()), 'reading above');
    await until(async () => {
        await say(writer, 'news');
        return reader.getByRole('button', { name: /new messages?$/ }).isVisible();
    }, 'the marker');
    assert.ok(!(await isAtBottom()));
    await reader.getByRole('button', { name: /new messages?$/ }).click();
    await until(isAtBottom, 'the newest line in view again');
    assert.equal(await reader.getByRole('button', { name: /new messages?$/ }).count(), 0);
    await reader.setViewportSize({ width: PHONE.width, height: 560 });
    await until(isAtBottom, 'the newest line in view when a keyboard has taken its place');
    await reader.close();
    await writer.close();
});

test('the theme follows the system, then the person, and is kept', async () => {
    const page = await open('/', { scheme: 'light' });
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const paper = await background();
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    const stage = await background();
    assert.notEqual(stage, paper);
    await page.reload();
    assert.equal(await background(), stage);
    await page.getByRole('button', { name: 'Use the light theme' }).click();
    assert.equal(await background(), paper);
    assert.equal(await page.evaluate(() => localStorage.getItem('tabcast-theme')), null, 'the choice is the system\'s again');
    await page.close();
});

test('the keyboard reaches the page past the bar, and every focus can be seen', async () => {
    const page = await open(`/show/${creator.show.id}`);
    await isSeated(page);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the page' });
    assert.ok(await skip.evaluate((e) => e.getRootNode().activeElement === e));
    const box = await skip.boundingBox();
    assert.ok(box.y >= 0, 'the skip link shows when it has the focus');
    await message(page).focus();
    await page.keyboard.press('Shift+Tab');
    const outline = await page.evaluate(() => {
        let element = document.activeElement;
        while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        const style = getComputedStyle(element);
        return { name: element.className, width: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth) };
    });
    assert.ok(outline.width >= 2, `${outline.name} shows no focus`);
    await page.close();
});

test('a show not begun yet waits behind the curtain', async () => {
    const show = await createShow(relay.url, 'Later tonight');
    const page = await open(`/show/${show.id}`);
    await page.getByRole('heading', { name: 'The curtain has not risen yet' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.close();
});

test('a player that could not be loaded says so, and the chat does not say that the show is over', async () => {
    const page = await chromium.context.newPage();
    await page.route('**/*.wasm', (route) => route.abort());
    await page.goto(`${relay.url}/show/${creator.show.id}`);
    await page.getByRole('heading', { name: 'This cannot be played just now' }).waitFor();
    assert.doesNotMatch(await chat(page).innerText(), /has ended/);
    await page.close();
});

test('with a keyboard on a phone the picture, the chat and the line one writes are in sight', async () => {
    const page = await open(`/show/${creator.show.id}`, { viewport: PHONE });
    await isSeated(page);
    await message(page).click();
    await page.setViewportSize({ width: PHONE.width, height: 508 });
    for (const [what, seen] of [['picture', page.locator('tabcast-player')], ['line', message(page)], ['chat', page.getByRole('log')]]) {
        const { y, height } = await seen.boundingBox();
        assert.ok(y >= 0 && y + height <= 508 && height > 40, `${what}: ${y} to ${y + height}`);
    }
    await page.close();
});

test('the end: curtain, replay, and its chat in step', { timeout: 120000 }, async () => {
    const short = await startCreator(relay.url, { title: 'A short one', width: 320, height: 180 });
    const page = await open(`/show/${short.show.id}`);
    await isSeated(page);
    await say(page, 'said during the show');
    await until(async () => (await chat(page).innerText()).includes('said during the show'), 'the line');
    await until(() => page.evaluate(() => document.querySelector('tabcast-player')?.stats?.framesDecoded > 10), 'pictures', 30000);
    await short.stop();
    await page.getByRole('heading', { name: 'The curtain has fallen' }).waitFor({ timeout: 20000 });
    await page.getByText('The show has ended; the chat is closed.').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('link', { name: 'Watch the replay' }).click({ timeout: 20000 });
    await page.waitForURL(`**/replay/${short.show.id}`);
    await page.getByRole('heading', { level: 1, name: 'A short one' }).waitFor();
    for (const scheme of ['dark', 'light']) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        assert.deepEqual(await violations(page), [], `replay, ${scheme}`);
    }
    const download = page.getByRole('link', { name: /^Download/ });
    const file = await fetch(new URL(await download.getAttribute('href'), relay.url));
    assert.equal(file.status, 200);
    assert.match(file.headers.get('content-type'), /^video\/webm/);
    await file.body.cancel();
    const lines = await (await fetch(`${relay.url}/replays/${short.show.id}/chat.json`)).json();
    const said = (Array.isArray(lines) ? lines : lines.messages).find((line) => line.text === 'said during the show');
    assert.ok(said, 'the chat is kept');
    await page.waitForFunction(() => document.querySelector('tabcast-player')?.duration > 0, null, { timeout: 20000 });
    const seek = (seconds) => page.evaluate((s) => (document.querySelector('tabcast-player').currentTime = s), seconds);
    await seek(said.at / 1000 + 0.2);
    await until(async () => (await chat(page).innerText()).includes('said during the show'), 'the line at its time');
    await seek(0);
    await until(async () => !(await chat(page).innerText()).includes('said during the show'), 'no line before its time');
    assert.equal(await message(page).count(), 0, 'nothing can be said into the past');
    await page.close();
});

// SPDX-License-Identifier: MIT
// Profiles, following, reminders and notifications, calendars and RSS, over real sockets.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRelay, until } from '../e2e/lib/relay.mjs';
import { Client, member } from './lib/client.mjs';
import { Source } from './lib/media.mjs';
import { publish } from './lib/peer.mjs';

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, '.000Z');
const ARGS = ['--accounts-per-minute', '1000', '--shows-per-minute', '10000'];
let relay, creator, fan, guest;
before(async () => {
    relay = await startRelay({ args: ARGS });
    creator = await member(relay, 'Carla', { displayName: 'Carla <i>Creator</i>' });
    fan = await member(relay, 'fan');
    guest = new Client(relay);
});
after(() => relay.stop());

const make = async (about) => (await creator.ask('POST', 'shows', about)).body;
const told = async (client) => {
    const { body } = await client.ask('GET', 'notifications');
    return { unread: body.unread, items: body.items.map((n) => [n.kind, n.show.title, n.isUnread]) };
};

async function play(show) {
    const peer = await publish(relay.url, show);
    const source = new Source();
    for (const m of [source.init(), source.video(0, { isKey: true })]) peer.send(m);
    await peer.text('ack');
    return peer;
}

test('a profile says what its owner says, to everybody', async () => {
    const links = ['https://example.org/carla', 'http://birds.example/?a=1&b=2'];
    const changed = await creator.ask('PATCH', 'accounts/me', { bio: 'Draws **birds**.\n<script>x</script>', links });
    assert.equal(changed.status, 200);
    const { body } = await guest.ask('GET', 'accounts/c-arla');
    assert.deepEqual([body.name, body.displayName, body.bio, body.links, body.followers, body.isFollowed, body.isOwn],
        ['Carla', 'Carla <i>Creator</i>', 'Draws **birds**.\n<script>x</script>', links, 0, false, false]);
    assert.equal(JSON.stringify(body).includes('argon'), false);
    assert.equal((await creator.ask('GET', 'accounts/Carla')).body.isOwn, true);
    assert.equal((await guest.ask('GET', 'accounts/nobody.here')).status, 404);
    assert.equal((await guest.ask('GET', 'accounts/me')).status, 401);
});

test('what a profile cannot hold is refused and changes nothing', async () => {
    const before = (await creator.ask('GET', 'accounts/me')).body;
    const bad = [
        { displayName: '' }, { displayName: ' ' }, { displayName: 'n'.repeat(65) }, { displayName: 'a\u202e\nb' }, { bio: 'b'.repeat(1001) }, { bio: 7 }, { links: 'https://a.example' },
        { links: ['javascript:alert(1)'] }, { links: ['https://'] }, { links: ['data:text/html,x'] }, { links: ['https://a.example/"onclick'] }, { links: ['https://a.example/a b'] },
        { links: Array(6).fill('https://a.example/') }, { links: [`https://${'a'.repeat(200)}`] }, { links: [1] },
    ];
    for (const body of bad) assert.equal((await creator.ask('PATCH', 'accounts/me', body)).status, 422, JSON.stringify(body));
    assert.equal((await guest.ask('PATCH', 'accounts/me', { bio: 'x' })).status, 401);
    assert.deepEqual((await creator.ask('GET', 'accounts/me')).body, before);
    assert.equal((await guest.signUp('me')).status, 422, 'an address of its own');
});

test('a new display name reaches the shows and the search', async () => {
    const show = await make({ title: 'Quiet hour' });
    await creator.ask('PATCH', 'accounts/me', { displayName: 'Zebulon' });
    assert.equal((await guest.ask('GET', `shows/${show.id}`)).body.creator.displayName, 'Zebulon');
    assert.deepEqual((await guest.ask('GET', 'shows?q=zebu')).body.items.map((s) => s.id), [show.id]);
    await creator.ask('PATCH', 'accounts/me', { displayName: 'Carla <i>Creator</i>' });
    assert.deepEqual((await guest.ask('GET', 'shows?q=zebu')).body.items, []);
});

test('who follows is told of what is announced and of what goes live, once each', async () => {
    await make({ title: 'Before anybody followed', startsAt: inDays(1) });
    const follow = (name) => fan.ask('POST', 'follows', { name });
    assert.equal((await follow('carla')).status, 204);
    assert.equal((await follow('CARLA')).status, 204, 'again is the same');
    assert.deepEqual([(await follow('fan')).status, (await follow('no.such.one')).status, (await follow(7)).status], [404, 404, 422]);
    assert.equal((await guest.ask('POST', 'follows', { name: 'carla' })).status, 401);
    assert.deepEqual((await fan.ask('GET', 'follows')).body.items.map((a) => a.name), ['Carla']);
    const { body } = await fan.ask('GET', 'accounts/carla');
    assert.deepEqual([body.followers, body.isFollowed], [1, true]);
    assert.deepEqual(await told(fan), { unread: 0, items: [] });

    const show = await make({ title: 'Announced', startsAt: inDays(2) });
    await make({ title: 'Without a time' });
    await make({ title: 'Hidden', startsAt: inDays(2), visibility: 'unlisted' });
    assert.deepEqual(await told(fan), { unread: 1, items: [['scheduled', 'Announced', true]] });
    assert.equal((await fan.ask('POST', 'notifications/read')).status, 204);
    assert.deepEqual(await told(fan), { unread: 0, items: [['scheduled', 'Announced', false]] });

    const peer = await play(show);
    await until(async () => (await told(fan)).unread === 1, 'the notification');
    assert.deepEqual((await told(fan)).items, [['live', 'Announced', true], ['scheduled', 'Announced', false]]);
    assert.deepEqual(await told(creator), { unread: 0, items: [] });
    peer.say({ type: 'end' });
    await peer.closedWith();
    assert.equal((await fan.ask('DELETE', 'follows/carla')).status, 204);
    assert.equal((await fan.ask('DELETE', 'follows/carla')).status, 204);
    assert.deepEqual(await told(fan), { unread: 0, items: [] });
});

test('who wants to be reminded is told when the show goes live', async () => {
    const show = await make({ title: 'Remember me', startsAt: inDays(1) });
    const other = await make({ title: 'Never mind', startsAt: inDays(1) });
    for (const { id } of [show, other]) assert.equal((await fan.ask('POST', `shows/${id}/reminder`)).status, 204);
    assert.equal((await fan.ask('DELETE', `shows/${other.id}/reminder`)).status, 204);
    assert.equal((await fan.ask('POST', 'shows/aaaaaaaaaaaa/reminder')).status, 404);
    assert.equal((await guest.ask('POST', `shows/${show.id}/reminder`)).status, 401);
    assert.deepEqual((await told(fan)).items, []);
    const peers = [await play(show), await play(other)];
    await until(async () => (await told(fan)).unread === 1, 'the reminder');
    assert.deepEqual((await told(fan)).items, [['reminder', 'Remember me', true]]);
    for (const peer of peers) {
        peer.say({ type: 'end' });
        await peer.closedWith();
    }
});

/** Properties of a calendar, unfolded. */
const unfold = (text) => text.replace(/\r\n /g, '').split('\r\n');

test('a show and a creator have calendars, and a feed, in which text stays text', async () => {
    const title = 'Ink; pens, \\ and <"quotes"> & ' + 'ünïcödé '.repeat(8).trim();
    const show = await make({ title, description: 'First line\nSecond, line', startsAt: inDays(5) });
    const answer = await fetch(`${relay.url}/calendar/${show.id}.ics`);
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'text/calendar; charset=utf-8']);
    const text = await answer.text();
    for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
    const lines = unfold(text);
    assert.ok(lines.includes(`SUMMARY:${title.replace(/[\\;,]/g, '\\$&')}`));
    assert.ok(lines.includes('DESCRIPTION:First line\\nSecond\\, line'));
    assert.ok(lines.includes(`DTSTART:${show.startsAt.replace(/[-:]|\.000/g, '')}`));
    assert.ok(lines.includes(`URL:${relay.url}/show/${show.id}`));
    assert.deepEqual([lines[0], lines.at(-2)], ['BEGIN:VCALENDAR', 'END:VCALENDAR']);

    const all = unfold(await (await fetch(`${relay.url}/@Carla/calendar.ics`)).text());
    assert.ok(all.filter((l) => l === 'BEGIN:VEVENT').length >= 2);
    assert.equal(all.some((l) => /Hidden/.test(l)), false);
    const feed = await fetch(`${relay.url}/@carla/feed.xml`);
    assert.equal(feed.headers.get('content-type'), 'application/rss+xml; charset=utf-8');
    const xml = await feed.text();
    assert.ok(xml.includes('&lt;i&gt;Creator&lt;/i&gt;') && xml.includes('&lt;&quot;quotes&quot;&gt; &amp;'));
    assert.equal(/<i>|<script|Hidden/.test(xml), false);
    for (const at of ['/@nobody.here/feed.xml', '/@nobody.here/calendar.ics', '/calendar/aaaaaaaaaaaa.ics']) assert.equal((await fetch(relay.url + at)).status, 404, at);
});

test('who is asking is told, and so is a guest', async () => {
    assert.deepEqual((await guest.ask('GET', 'sessions/current')).body, { account: null, registration: 'open', hasAccounts: true, needsAccount: false, hasPassword: false, openId: null, sendsMail: false });
    assert.equal((await fan.ask('GET', 'sessions/current')).body.account.name, 'fan');
    const empty = await startRelay();
    try {
        assert.equal((await new Client(empty).ask('GET', 'sessions/current')).body.hasAccounts, false);
    } finally {
        await empty.stop();
    }
});

test('one account may not change things without end', async () => {
    const busy = await member(relay, 'busy');
    let answer;
    for (let i = 0; i < 400 && answer?.status !== 429; i += 1) answer = await busy.ask('PATCH', 'accounts/me', { bio: String(i) });
    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    assert.equal((await fan.ask('PATCH', 'accounts/me', { bio: 'not me' })).status, 200);
});

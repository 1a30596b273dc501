// SPDX-License-Identifier: MIT
// Asking the API, against a real HTTP server: answers, problem details, silence, giving up; and ids out of addresses.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { ApiError, getJson, idFromPath } from '../../web/ui/api.js';

let server;
let base;
const hanging = new Set();

before(async () => {
    server = createServer((request, response) => {
        const answers = {
            '/good': [200, 'application/json', '{"items":[]}'],
            '/problem': [404, 'application/problem+json', '{"title":"Not Found","detail":"no such show"}'],
            '/bare': [503, 'text/html', '<h1>no</h1>'],
            '/html': [200, 'text/html', '<h1>hello</h1>'],
        };
        const answer = answers[request.url];
        if (!answer) {
            hanging.add(response);
            return;
        }
        response.writeHead(answer[0], { 'content-type': answer[1] });
        response.end(answer[2]);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
    for (const response of hanging) response.destroy();
    server.close();
    server.closeAllConnections();
});

test('an answer is handed out', async () => {
    assert.deepEqual(await getJson(`${base}/good`), { items: [] });
});

test('a refusal carries its status and what the relay said', async () => {
    await assert.rejects(getJson(`${base}/problem`), (error) => error instanceof ApiError && error.status === 404 && error.message === 'no such show');
    await assert.rejects(getJson(`${base}/bare`), (error) => error instanceof ApiError && error.status === 503);
});

test('what is not JSON is refused', async () => {
    await assert.rejects(getJson(`${base}/html`), (error) => error instanceof ApiError && /not JSON/.test(error.message));
});

test('no answer at all is status 0', async () => {
    await assert.rejects(getJson('http://127.0.0.1:1/'), (error) => error instanceof ApiError && error.status === 0);
});

test('giving up is no failure of the relay', async () => {
    const asking = new AbortController();
    const answer = getJson(`${base}/silence`, asking.signal);
    asking.abort();
    await assert.rejects(answer, (error) => error.name === 'AbortError');
});

test('ids are the relay\'s, or nothing', () => {
    assert.equal(idFromPath('/show/abcdefgh2345'), 'abcdefgh2345');
    assert.equal(idFromPath('/replay/abcdefgh2345/'), 'abcdefgh2345');
    for (const path of ['/show/', '/show/abc', '/show/abcdefgh234!', '/show/ABCDEFGH2345', '/show/abcdefgh2345/x', '/show/../../etc/pw', '/abcdefgh2345'])
        assert.equal(idFromPath(path), null, path);
});

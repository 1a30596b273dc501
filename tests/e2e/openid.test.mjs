// SPDX-License-Identifier: MIT
// Signing in at an OpenID provider as somebody does it, in Chromium: there and back through the provider's own forms,
// a first account, a password for it, the link on the account's page, and what is said when it goes wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, PASSWORD, member } from '../contract/lib/client.mjs';
import { certifiedProvider } from '../contract/lib/openid.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { Keyboard } from './lib/keyboard.mjs';
import { startRelay } from './lib/relay.mjs';

let provider, relay, chromium;
before(async () => {
    provider = await certifiedProvider([{ client_id: 'tabcast', token_endpoint_auth_method: 'none' }]);
    relay = await startRelay({ args: ['--oidc-issuer', provider.issuer, '--oidc-client-id', 'tabcast', '--oidc-name', 'Example ID', '--accounts-per-minute', '100'] });
    provider.serve(relay.url);
    chromium = await launchChromium();
    await Keyboard.teach(chromium.context);
});
after(async () => {
    await chromium?.close();
    await relay?.stop();
    await provider?.stop();
});

async function open(at) {
    await chromium.context.clearCookies();
    const page = await chromium.context.newPage();
    page.errors = collectErrors(page);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    // The provider's forms ask for a font from elsewhere.
    await page.route((url) => url.hostname.startsWith('fonts.'), (route) => route.fulfill({ body: '' }));
    await page.goto(relay.url + at);
    return page;
}

/** The provider's two forms. */
async function walkThere(page, login) {
    await page.locator('input[name=login]').fill(login);
    await page.locator('input[name=password]').fill('anything');
    await page.locator('button[type=submit]').click();
    await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
    await page.locator('button[type=submit]').click();
}

test('there and back: an account, a password for it, unlinked and linked again', { timeout: 120_000 }, async () => {
    const page = await open('/sign-in?next=%2Faccount');
    await page.getByRole('button', { name: 'Sign in with Example ID' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Sign in with Example ID' }).click();
    await walkThere(page, '1 as marguerite');
    await page.waitForURL(`${relay.url}/account`);
    await page.getByText('@marguerite').waitFor();
    await page.getByText('Example ID is the only way into your account.').waitFor();
    assert.equal(await page.getByLabel('Current password').count(), 0);
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set a password' }).click();
    await page.getByLabel('Current password').waitFor();
    await page.reload();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Unlink it' }).press('Enter');
    await page.getByText('Not linked').waitFor();
    await new Keyboard(page).keeps('unlinking');
    await page.locator('#openid-password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Link Example ID' }).click();
    await page.waitForURL(`${relay.url}/account`);
    await page.getByText('Linked', { exact: true }).waitFor();
    assert.equal((await new Client(relay).signIn('marguerite')).status, 201);
    assert.deepEqual(page.errors, []);
    await page.close();
});

test('what goes wrong is said where one can begin again', { timeout: 120_000 }, async () => {
    const page = await open('/sign-in');
    await page.getByRole('button', { name: 'Sign in with Example ID' }).click();
    await page.locator('input[name=login]').waitFor();
    const abort = page.getByRole('link', { name: /cancel/i });
    await abort.click();
    await page.getByRole('alert').getByText('it was called off at Example ID').waitFor();
    assert.equal(new URL(page.url()).search, '', 'nothing of it stays in the address');
    await page.goto(`${relay.url}/sign-in?code=abc&state=${'A'.repeat(43)}`);
    await page.getByRole('alert').getByText('not begun in this browser').waitFor();
    await page.getByRole('button', { name: 'Sign in with Example ID' }).waitFor();
    await page.close();
});

test('linking what opens another account is told on the account’s page', { timeout: 120_000 }, async () => {
    await member(relay, 'anselm');
    const page = await open('/sign-in?next=%2Faccount');
    await page.getByLabel('Name', { exact: true }).fill('anselm');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(`${relay.url}/account`);
    await page.locator('#openid-password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Link Example ID' }).click();
    await page.locator('input[name=login]').fill('1 as marguerite');
    await page.locator('input[name=password]').fill('anything');
    await page.locator('button[type=submit]').click();
    await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
    await page.locator('button[type=submit]').click();
    await page.waitForURL(`${relay.url}/account`);
    await page.getByRole('alert').getByText('opens another account here already').waitFor();
    await page.close();
});

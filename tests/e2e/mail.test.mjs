// SPDX-License-Identifier: MIT
// The way of somebody who forgets their password, in Chromium and through a real mail server: gives an address,
// confirms it by the link that came, signs out, asks for a link, sets a new password, is in again. On that way each
// page and state: accessible, nothing wider than the screen, in both themes and at both widths.
// TABCAST_PICTURES=FOLDER keeps what was seen.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, member } from '../contract/lib/client.mjs';
import { MAIL_PASSWORD, MAIL_USER, hasMailServer, startMailServer } from '../contract/lib/mail-server.mjs';
import { violations } from './lib/axe.mjs';
import { collectErrors, launchChromium } from './lib/browsers.mjs';
import { Keyboard } from './lib/keyboard.mjs';
import { startRelay } from './lib/relay.mjs';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const NEW_PASSWORD = 'owls at the window';
const PICTURES = process.env.TABCAST_PICTURES;
const skip = hasMailServer ? false : 'exim4 is not installed';
let mail, relay, chromium, german;

before(async () => {
    if (skip) return;
    mail = await startMailServer();
    const passwordFile = path.join(path.dirname(mail.caFile), 'password');
    await writeFile(passwordFile, MAIL_PASSWORD);
    // Links in mail name the site, so the port must be known before.
    const holder = net.createServer();
    const port = await new Promise((resolve) => holder.listen(0, '127.0.0.1', () => resolve(holder.address().port)));
    await new Promise((resolve) => holder.close(resolve));
    relay = await startRelay({ port, args: ['--public-url', `http://127.0.0.1:${port}`, '--smtp-url', mail.url, '--smtp-user', MAIL_USER, '--smtp-password-file', passwordFile, '--smtp-ca', mail.caFile, '--mail-from', 'Shows <shows@example.org>'] });
    chromium = await launchChromium({});
    await Keyboard.teach(chromium.context);
    german = await launchChromium({ locale: 'de-DE' });
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
});
after(async () => {
    await chromium?.close();
    await german?.close();
    await relay?.stop();
    await mail?.stop();
});

async function look(page, name) {
    for (const [size, viewport] of Object.entries(SIZES)) {
        for (const colorScheme of ['dark', 'light']) {
            const where = `${name}, ${colorScheme}, ${size}`;
            await page.setViewportSize(viewport);
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}-${size}-${colorScheme}.png`), fullPage: true });
            assert.deepEqual(await violations(page), [], where);
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${where}: scrolls sideways`);
        }
    }
}

async function signIn(page, password) {
    await page.getByLabel('Name', { exact: true }).fill('ann');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
}

test('an address is given and confirmed, a password forgotten and set anew', { skip, timeout: 200_000 }, async () => {
    await member(relay, 'ann', { displayName: 'Ann' });
    const page = await chromium.context.newPage();
    const errors = collectErrors(page);
    await page.goto(`${relay.url}/sign-in?next=/account`);
    await page.getByRole('link', { name: 'Forgot your password?' }).waitFor();
    await look(page, 'sign-in-mail');
    await signIn(page, PASSWORD);
    await page.waitForURL('**/account');
    const card = page.locator('tabcast-email-setting');
    await card.getByText('None', { exact: true }).waitFor();
    await look(page, 'account-email-none');
    await card.getByLabel('E-mail address').fill('ann@example.org');
    await card.getByLabel('Your password for this').fill('not the one');
    await card.getByRole('button', { name: 'Send the link' }).click();
    await card.getByRole('alert').filter({ hasText: 'The current password is another one.' }).waitFor();
    await card.getByLabel('Your password for this').fill(PASSWORD);
    await card.getByRole('button', { name: 'Send the link' }).click();
    await card.getByText('Not yet confirmed').waitFor();
    await card.getByText('A link was sent to ann@example.org.').waitFor();
    await mail.message('ann@example.org');
    await card.getByRole('button', { name: 'Send it again' }).click();
    await page.getByText('Sent to ann@example.org.').first().waitFor();
    await look(page, 'account-email-waiting');

    const second = await mail.message('ann@example.org', 1);
    await page.goto(second.link);
    await page.getByRole('button', { name: 'Confirm the address' }).waitFor();
    assert.equal(new URL(page.url()).hash, '', 'the code leaves the address bar');
    await look(page, 'confirm-email');
    await page.getByRole('button', { name: 'Confirm the address' }).click();
    await page.getByText('Confirmed: ann@example.org.').waitFor();
    await look(page, 'confirm-email-done');
    await page.goto('about:blank');
    await page.goto(second.link);
    await page.getByRole('button', { name: 'Confirm the address' }).click();
    await page.getByRole('alert').filter({ hasText: 'This link was used' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Confirm the address' }).count(), 0, 'a used link does not ask again');
    await look(page, 'confirm-email-used');
    await page.locator('main').getByRole('link', { name: 'Your account' }).click();
    await card.getByText('Your address is ann@example.org.').waitFor();
    await look(page, 'account-email-confirmed');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(`${relay.url}/`);

    await page.goto(`${relay.url}/sign-in`);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.waitForURL('**/forgotten');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByRole('alert').filter({ hasText: 'A name or an e-mail address is needed.' }).waitFor();
    await look(page, 'forgotten');
    await page.getByLabel('Name or e-mail address').fill('ann@example.org');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Look into your mail' }).waitFor();
    await look(page, 'forgotten-sent');
    const { link } = await mail.message('ann@example.org', 2);
    await page.goto(link);
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('main').getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, NEW_PASSWORD);
    await page.waitForURL(`${relay.url}/`);
    await page.goto(`${relay.url}/account`);
    await card.getByText('Another address').click();
    await card.getByText('Remove', { exact: true }).first().click();
    await look(page, 'account-email-open');
    await card.locator('#email-off-password').fill(NEW_PASSWORD);
    await card.getByRole('button', { name: 'Remove' }).press('Enter');
    await card.getByText('None', { exact: true }).waitFor();
    await new Keyboard(page).keeps('removing the address');
    await page.goto(link);
    await page.getByLabel('New password').fill('once more, please');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'This link was used' }).waitFor();
    assert.deepEqual(errors.filter((error) => !/40[34]/.test(error)), []);
});

test('the same in German: the pages, the letters, and what the relay refuses', { skip, timeout: 120_000 }, async () => {
    await member(relay, 'bea');
    const page = await german.context.newPage();
    await page.goto(`${relay.url}/sign-in?next=/account`);
    await page.getByRole('link', { name: 'Passwort vergessen?' }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('bea');
    await page.getByLabel('Passwort', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.waitForURL('**/account');
    const card = page.locator('tabcast-email-setting');
    await card.getByLabel('E-Mail-Adresse').fill('bea@example');
    await card.getByLabel('Dein Passwort dafür').fill(PASSWORD);
    await card.getByRole('button', { name: 'Link schicken' }).click();
    await card.getByRole('alert').filter({ hasText: 'Die Adresse soll aussehen wie ann@example.org' }).waitFor();
    await card.getByLabel('E-Mail-Adresse').fill('bea@example.org');
    await card.getByRole('button', { name: 'Link schicken' }).click();
    await card.getByText('Noch nicht bestätigt').waitFor();
    await look(page, 'account-email-waiting-de');
    const { head, body, link } = await mail.message('bea@example.org');
    assert.match(head.subject, /^Bestätige deine Adresse für 127\.0\.0\.1:/);
    assert.match(body, /Öffne das hier innerhalb eines Tages/);
    await page.goto(link);
    await look(page, 'confirm-email-de');
    await page.getByRole('button', { name: 'Adresse bestätigen' }).click();
    await page.getByText('Bestätigt: bea@example.org.').waitFor();
    await page.goto(`${relay.url}/forgotten`);
    await page.getByLabel('Name oder E-Mail-Adresse').fill('bea');
    await look(page, 'forgotten-de');
    await page.getByRole('button', { name: 'Link schicken' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sieh in deine E-Mails' }).waitFor();
    assert.match((await mail.message('bea@example.org', 1)).head.subject, /^Ein neues Passwort für /);
});

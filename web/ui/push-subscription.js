// SPDX-License-Identifier: MIT
// This browser's subscription to Web Push: had or not, made, let go. The service worker (pages/service-worker.js) shows
// what comes.
import { language } from '../words/languages.js';
import { getJson } from './api.js';
import { ask } from './ask.js';
import { serviceWorkerUrl } from './language.js';

const PATH = '/api/v1/push-subscriptions';
/** A browser that cannot reach its maker's service may wait for ever without a word. */
const SUBSCRIBE_TIMEOUT_MS = 15_000;

/** Whether this browser can, here: over https (or on this machine), and not in a private window that has no workers. */
export const canPush = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** Base64url as bytes. @param {string} text */
export const keyBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

/** @returns {Promise<PushSubscription|null>} */
export async function currentSubscription() {
    const registration = await navigator.serviceWorker.getRegistration('/');
    return registration ? registration.pushManager.getSubscription() : null;
}

/** @template T @param {Promise<T>} asked @returns {Promise<T>} */
function inTime(asked) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no answer from the push service')), SUBSCRIBE_TIMEOUT_MS);
        asked.then(resolve, reject).finally(() => clearTimeout(timer));
    });
}

/** Asks for permission, which browsers allow behind a click alone. @returns {Promise<boolean>} false: not allowed */
export async function subscribe() {
    if ((await Notification.requestPermission()) !== 'granted') return false;
    const { publicKey } = await getJson('/api/v1/push-key');
    await navigator.serviceWorker.register(serviceWorkerUrl(language), { scope: '/' });
    const registration = await navigator.serviceWorker.ready;
    // A subscription by another relay's key at this address is none of ours.
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    const made = await inTime(registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: keyBytes(publicKey) }));
    await ask('POST', PATH, made.toJSON());
    return true;
}

/** The relay first: what it does not know it cannot send. */
export async function unsubscribe() {
    const subscription = await currentSubscription();
    if (!subscription) return;
    await ask('POST', `${PATH}/end`, { endpoint: subscription.endpoint }).catch((error) => {
        if (error.status !== 404) throw error;
    });
    await subscription.unsubscribe();
}

// SPDX-License-Identifier: MIT
// Who goes by keyboard keeps their place: a control that had the focus and is disabled while something is asked gets it back
// when it can be used again; where it went away, what is left nearest to it gets it. Browsers would go back to the page's
// beginning. Never moves a focus that is somewhere, and never into a field, which would open a phone's keyboard.

const NEAR = 'a[href], button, summary';

/** @returns {Element|null} through shadow trees; null: nothing but the page itself */
function focused() {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element === document.body || element === document.documentElement ? null : element;
}

/** @param {Element} element */
const isUsable = (element) => element.isConnected && !element.matches(':disabled') && element.getClientRects().length > 0;

export class FocusKeeper {
    /** @type {import('lit').LitElement} */ #host;
    /** What had the focus before an update, and all around it, the nearest first. @type {Element[]} */ #had = [];
    /** The same of a focus that was lost and is not back yet. @type {Element[]} */ #lost = [];

    /** @param {import('lit').LitElement} host */
    constructor(host) {
        this.#host = host;
        host.addController(this);
    }

    hostDisconnected() {
        this.#lost = [];
    }

    hostUpdate() {
        const root = /** @type {Node|undefined} */ (this.#host.renderRoot);
        const element = focused();
        this.#had = [];
        if (!element || !root?.contains(element)) return;
        for (let at = /** @type {Element|null} */ (element); at && at !== root; at = at.parentElement) this.#had.push(at);
        this.#had.push(this.#host);
    }

    hostUpdated() {
        if (this.#had.length && !isUsable(this.#had[0])) this.#lost = this.#had;
        this.#had = [];
        if (this.#lost.length) this.#giveBack();
    }

    #giveBack() {
        const [element, ...around] = this.#lost;
        const now = focused();
        if (now && now !== element && isUsable(now)) {
            this.#lost = [];
            return;
        }
        if (element.isConnected && element.matches(':disabled')) return; // it comes back
        const near = isUsable(element) ? element : this.#nearestOf(around);
        if (!near) return;
        this.#lost = [];
        /** @type {HTMLElement} */ (near).focus({ preventScroll: true });
    }

    /** @param {Element[]} around @returns {Element|undefined} */
    #nearestOf(around) {
        for (const one of around.filter(({ isConnected }) => isConnected)) {
            const scope = one === this.#host ? this.#host.renderRoot : one;
            const near = [...scope.querySelectorAll(NEAR)].find(isUsable);
            if (near) return near;
        }
    }
}

// SPDX-License-Identifier: MIT
// <tabcast-admin-replays .own>: all replays with what they take, unlisted ones too; admins delete them.
import { html, nothing } from 'lit';
import { words } from '../words/admin.js';
import { AdminList } from './admin-list.js';
import { ask } from './ask.js';
import { formatBytes, formatDuration, formatWhen } from './format.js';
import { showToast } from './tabcast-toast.js';

/** @typedef {import('./api.js').Replay} Replay */

export class TabcastAdminReplays extends AdminList {
    get path() {
        return '/api/v1/admin/replays?limit=30';
    }

    /** @param {Replay} replay */
    #onDelete(replay) {
        const text = words.replays;
        return this.confirm({ heading: text.deleteTitle(replay.title), text: text.deleteText, action: text.delete }, async () => {
            await ask('DELETE', `/api/v1/replays/${replay.id}`);
            this.items = (this.items ?? []).filter((item) => item.id !== replay.id);
            showToast(text.done(formatBytes(replay.sizeBytes)));
        });
    }

    render() {
        return html`<section class="card" aria-labelledby="replays"><h2 id="replays">${words.parts.replays}</h2>
            ${this.renderList((replay) => this.#renderReplay(replay), words.replays.none)}</section>`;
    }

    /** @param {Replay} replay */
    #renderReplay(replay) {
        const text = words.replays;
        return html`<strong>${replay.title}</strong>
            <p>${[formatWhen(replay.startedAt, Date.now()), formatDuration(replay.durationMs), formatBytes(replay.sizeBytes)].join(' · ')}</p>
            <div class="row"><a class="button" href=${replay.url} aria-label=${`${text.watch}: ${replay.title}`}>${text.watch}</a>
                ${this.own?.role === 'admin' ? html`<button class="button quiet" type="button" ?disabled=${this.isAsking} aria-label=${`${text.delete}: ${replay.title}`} @click=${() => this.#onDelete(replay)}>${text.delete}</button>` : nothing}</div>`;
    }
}

customElements.define('tabcast-admin-replays', TabcastAdminReplays);

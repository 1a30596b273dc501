// SPDX-License-Identifier: MIT
// `/@NAME`: who somebody is, what they have on, coming up and over; following them.
import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { ApiError, getJson } from '../ui/api.js';
import { ask, currentSession, signInUrl } from '../ui/ask.js';
import { formStyles } from '../ui/form-styles.js';
import { formatMonth } from '../ui/format.js';
import { bell, calendar, check, icon, rss } from '../ui/icons.js';
import { PollController } from '../ui/poll-controller.js';
import { showToast } from '../ui/tabcast-toast.js';
import '../ui/tabcast-empty-stage.js';
import '../ui/tabcast-face.js';
import '../ui/tabcast-show-card.js';
import '../ui/tabcast-text.js';
import { faultSentence, words } from '../words/account.js';
import { strings } from '../words/strings.js';
import { PageElement } from './page-element.js';

/** @typedef {import('../ui/api.js').Show} Show */
/** @typedef {import('../ui/ask.js').Account & {followers: number, isFollowed: boolean, isOwn: boolean}} Profile */

const POLL_MS = 8000;
/** More letters than that would fill a phone in the size of a headline. */
const LONG_NAME = 24;

class TabcastProfilePage extends PageElement {
    static properties = { fault: { state: true }, isAsking: { state: true } };

    static pageStyles = [
        formStyles,
        css`
            .profile {
                width: min(100% - 2 * var(--gutter), var(--page-width));
                margin: clamp(1rem, 4vw, 3rem) auto var(--space-8);
                display: grid;
                gap: var(--space-6);
                align-content: start;
            }
            .profile h1 {
                font-size: var(--title-xl);
                line-height: 1.05;
                overflow-wrap: anywhere;
                margin-bottom: var(--space-2);
            }
            .profile .who {
                display: grid;
                gap: var(--space-4);
                max-width: 46rem;
            }
            .profile .who > .row:first-child {
                align-items: start;
            }
            .profile .ways {
                column-gap: var(--space-1);
            }
            .profile h1.long {
                font-size: var(--title-lg);
            }
            .profile .grow {
                flex: 1;
                min-width: min(100%, 14rem);
            }
            .profile h2 {
                margin-bottom: var(--space-4);
                font-size: var(--title-md);
            }
            .profile .links {
                display: flex;
                flex-wrap: wrap;
                gap: 0 var(--space-4);
                margin: 0;
                padding: 0;
                list-style: none;
                overflow-wrap: anywhere;
            }
            .profile .links a {
                display: inline-flex;
                align-items: center;
                min-height: var(--touch);
            }
            .profile .cards {
                display: grid;
                grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
                gap: var(--space-6) var(--space-5);
                margin: 0;
                padding: 0;
                list-style: none;
            }
            .profile .cards.alone {
                grid-template-columns: minmax(0, 1fr);
            }
        `,
    ];

    #name = decodeURIComponent(location.pathname.slice(2)).replace(/\/$/, '');
    #all = new PollController(this, (signal) => this.#load(signal), POLL_MS);

    constructor() {
        super();
        this.fault = '';
        this.isAsking = false;
    }

    /** @param {AbortSignal} signal @returns {Promise<{profile: Profile|null, shows: Show[], nowMs: number}>} */
    async #load(signal) {
        const name = encodeURIComponent(this.#name);
        try {
            const [profile, shows] = await Promise.all([getJson(`/api/v1/accounts/${name}`, signal), getJson(`/api/v1/shows?creator=${name}&limit=100`, signal)]);
            document.title = strings.pageTitle(profile.displayName);
            return { profile, shows: shows.items, nowMs: Date.now() };
        } catch (error) {
            if (error instanceof ApiError && error.status === 404) return { profile: null, shows: [], nowMs: Date.now() };
            throw error;
        }
    }

    /** @param {Profile} profile */
    async #onFollow(profile) {
        const { account } = await currentSession().catch(() => ({ account: null }));
        if (!account) {
            location.assign(signInUrl());
            return;
        }
        this.isAsking = true;
        this.fault = '';
        try {
            if (profile.isFollowed) await ask('DELETE', `/api/v1/follows/${profile.name}`);
            else await ask('POST', '/api/v1/follows', { name: profile.name });
            showToast(profile.isFollowed ? words.profile.unfollows : words.profile.follows);
            await this.#all.refresh();
        } catch (error) {
            this.fault = faultSentence(error);
        }
        this.isAsking = false;
    }

    render() {
        const { value, error } = this.#all;
        const text = words.profile;
        if (value?.profile) return this.#renderProfile(value.profile, value.shows, value.nowMs);
        if (value)
            return html`<tabcast-empty-stage .level=${1} heading=${text.notFoundTitle} text=${text.notFound}><a class="button primary" href="/">${strings.show.toHome}</a></tabcast-empty-stage>`;
        if (error)
            return html`<tabcast-empty-stage .level=${1} heading=${text.failedTitle} text=${text.failed}><button class="button primary" type="button" @click=${() => this.#all.refresh()}>${strings.home.retry}</button></tabcast-empty-stage>`;
        return html`<div class="profile" aria-busy="true"><p class="visually-hidden" role="status">${text.loading}</p><div class="plain"><div class="wait"></div></div></div>`;
    }

    /** @param {Profile} profile @param {Show[]} shows @param {number} nowMs */
    #renderProfile(profile, shows, nowMs) {
        const text = words.profile;
        // The owner finds what is unlisted or cancelled on the account's page; here stands what all see.
        const seen = shows.filter((show) => !show.isCancelled && show.visibility === 'public');
        const live = seen.filter(({ state }) => state === 'live' || state === 'reconnecting');
        const upcoming = seen.filter((show) => show.state === 'scheduled' && show.startsAt).sort((a, b) => Date.parse(a.startsAt ?? '') - Date.parse(b.startsAt ?? ''));
        const replays = seen.filter((show) => show.state === 'ended' && show.replayUrl);
        return html`<div class="profile">
            <div class="who">
                <div class="row"><tabcast-face name=${profile.name} size="88"></tabcast-face><div class="grow"><h1 class=${profile.displayName.length > LONG_NAME ? 'long' : ''}>${profile.displayName}</h1>
                    <p class="lead">@${profile.name} · ${text.followers(profile.followers)} · ${text.since(formatMonth(profile.createdAt))}</p></div></div>
                ${profile.bio ? html`<tabcast-text .text=${profile.bio}></tabcast-text>` : nothing}
                ${profile.links.length ? html`<ul class="links">${profile.links.map((link) => html`<li><a href=${link} rel="me nofollow ugc noopener noreferrer" target="_blank">${link.replace(/^https?:\/\//, '')}</a></li>`)}</ul>` : nothing}
                <div class="row ways">
                    ${profile.isOwn
                        ? html`<a class="button primary" href="/account">${text.edit}</a>`
                        : html`<button class=${profile.isFollowed ? 'button' : 'button primary'} type="button" aria-pressed=${profile.isFollowed} ?disabled=${this.isAsking} @click=${() => this.#onFollow(profile)}>
                              ${icon(profile.isFollowed ? check : bell)}${profile.isFollowed ? text.following : text.follow}</button>`}
                    <a class="button quiet" href=${`/@${profile.name}/calendar.ics`}>${icon(calendar)}${text.calendar}</a>
                    <a class="button quiet" href=${`/@${profile.name}/feed.xml`}>${icon(rss)}${text.feed}</a>
                </div>
                <p class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
            </div>
            ${this.#renderList('live', text.live, live, nowMs)} ${this.#renderList('upcoming', text.upcoming, upcoming, nowMs)} ${this.#renderList('replays', text.replays, replays, nowMs)}
            ${live.length + upcoming.length + replays.length === 0 ? html`<tabcast-empty-stage .level=${2} heading=${text.nothingTitle} text=${text.nothing(profile.displayName)}></tabcast-empty-stage>` : nothing}
        </div>`;
    }

    /** @param {string} id @param {string} heading @param {Show[]} shows @param {number} nowMs */
    #renderList(id, heading, shows, nowMs) {
        if (shows.length === 0) return nothing;
        // What is on now has the width, as it has on the front page.
        const isFeatured = id === 'live' && shows.length === 1;
        return html`<section aria-labelledby=${id}><h2 id=${id}>${heading}</h2>
            <ul class=${isFeatured ? 'cards alone' : 'cards'}>${repeat(shows, (show) => show.id, (show) => html`<li><tabcast-show-card .show=${show} .nowMs=${nowMs} ?featured=${isFeatured}></tabcast-show-card></li>`)}</ul></section>`;
    }
}

customElements.define('tabcast-profile-page', TabcastProfilePage);

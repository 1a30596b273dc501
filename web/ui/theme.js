// SPDX-License-Identifier: MIT
// The chosen theme: on the document at once, kept in this browser. No choice means the system's.
// boot.js reads the same key before the first paint.
const KEY = 'tabcast-theme';

/** @returns {'dark'|'light'} what is shown now */
export function currentTheme() {
    const chosen = document.documentElement.dataset.theme;
    if (chosen === 'dark' || chosen === 'light') return chosen;
    return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

/** Choosing what the system says anyway gives the choice back to it. @param {'dark'|'light'} theme */
export function setTheme(theme) {
    const system = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
    const isSystem = theme === system;
    if (isSystem) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
        if (isSystem) localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, theme);
    } catch {
        // Without storage the choice lasts as long as the page.
    }
    applyThemeColor();
}

/** The phone's own bar takes the page's colour. */
export function applyThemeColor() {
    const meta = document.querySelector('meta[name="theme-color"]');
    meta?.setAttribute('content', currentTheme() === 'dark' ? '#14100d' : '#f6efe3');
}

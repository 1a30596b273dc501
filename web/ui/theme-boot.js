// SPDX-License-Identifier: MIT
// Runs before the first paint, as a classic script: puts the chosen theme on the document, so that no page flashes in
// the other one. Without a choice the style sheet follows the system (prefers-color-scheme).
try {
    const theme = localStorage.getItem('tabcast-theme');
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
    // Storage may be forbidden; the system's theme it is.
}

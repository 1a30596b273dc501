// SPDX-License-Identifier: MIT
// In German: the words that stand in the HTML before any script has run.

/** @type {typeof import('../en/shell.js').pages} */
export const pages = {
    home: { title: 'Tabcast', description: 'Live-Shows aus einem Browser-Tab, und ihre Aufzeichnungen.' },
    studio: { title: 'Studio · Tabcast', description: 'Geh live, aus diesem Browser-Tab.' },
    show: { title: 'Show · Tabcast', description: 'Zusehen und mitreden, live.' },
    replay: { title: 'Aufzeichnung · Tabcast', description: 'Sieh die Aufzeichnung, mit ihrem Chat.' },
    'sign-in': { title: 'Anmelden · Tabcast', description: 'Melde dich an, um Shows anzukündigen und anderen zu folgen.' },
    'sign-up': { title: 'Konto anlegen · Tabcast', description: 'Ein Konto hält deine Shows zusammen.' },
    account: { title: 'Dein Konto · Tabcast', description: 'Deine Shows, deine Seite, deine Anmeldungen.' },
    schedule: { title: 'Show ankündigen · Tabcast', description: 'Sag, wann du live gehst.' },
    profile: { title: 'Tabcast', description: 'Shows und Aufzeichnungen von jemandem.' },
    reset: { title: 'Neues Passwort · Tabcast', description: 'Setzt über einen Link ein neues Passwort.' },
    forgotten: { title: 'Passwort vergessen · Tabcast', description: 'Schickt einen Link für ein neues Passwort.' },
    'confirm-email': { title: 'Deine E-Mail-Adresse · Tabcast', description: 'Bestätigt eine E-Mail-Adresse über einen Link.' },
    admin: { title: 'Verwaltung · Tabcast', description: 'Konten, Shows, Aufzeichnungen, Speicher.' },
    notices: { title: 'Hinweise · Tabcast', description: 'Worauf Tabcast aufbaut, und die Lizenzen.' },
    'not-found': { title: 'Nicht gefunden · Tabcast', description: 'Diese Seite gibt es hier nicht.' },
};

export const noscript = 'Tabcast zeigt und sendet Bilder mit JavaScript und WebAssembly. Bitte erlaube JavaScript für diese Seite.';

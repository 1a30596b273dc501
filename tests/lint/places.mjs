// SPDX-License-Identifier: MIT
// No file of the project leans on one machine: no absolute path of somebody's folders, and no host that
// packages come from (apt and npm know theirs by themselves).
import { projectFiles, readText, report } from './files.mjs';

// Spelled in pieces, or this file would find itself.
const HOSTS = [
    ['deb', 'debian.org'],
    ['security', 'debian.org'],
    ['ftp', 'debian.org'],
    ['snapshot', 'debian.org'],
    ['registry', 'npmjs.org'],
    ['registry', 'yarnpkg.com'],
    ['npm', 'pkg.github.com'],
    ['unpkg', 'com'],
    ['cdn.jsdelivr', 'net'],
    ['deb', 'nodesource.com'],
    ['proxy', 'golang.org'],
].map((parts) => parts.join('.'));
// A dot or a bracket behind it is a regular expression's method, not a path.
const FOLDERS = new RegExp(`(^|[\\s'"\`=(:])/(${['home', 'work', 'Users', 'root', 'mnt', 'workspace'].join('|')})/[\\w-]+`);

const findings = [];
let looked = 0;
for (const name of projectFiles()) {
    const text = readText(name);
    if (text === null) continue;
    looked++;
    text.split('\n').forEach((line, i) => {
        const host = HOSTS.find((h) => line.includes(h));
        if (host) findings.push(`${name}:${i + 1}: names the package host ${host}`);
        const folder = FOLDERS.exec(line);
        if (folder) findings.push(`${name}:${i + 1}: names a folder of one machine:${folder[0].replace(/^[^/]*/, ' ')}`);
    });
}
report('places', looked, findings);

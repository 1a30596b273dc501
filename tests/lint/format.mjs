// SPDX-License-Identifier: MIT
// C files look as clang-format 14 writes them by the project's .clang-format.
import { spawnSync } from 'node:child_process';
import { ROOT, projectFiles, report } from './files.mjs';

const files = projectFiles().filter((name) => /^(shared|wasm|relay|tests)\/.*\.[ch]$/.test(name));
const result = spawnSync('clang-format-14', ['--dry-run', '--style=file', ...files], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
if (result.error) throw result.error;
const findings = [...new Set([...result.stderr.matchAll(/^(.+?):\d+:\d+: (?:warning|error)/gm)].map((m) => m[1]))].map(
    (name) => `${name}: not as clang-format writes it (clang-format-14 -i ${name})`,
);
if (result.status !== 0 && findings.length === 0) findings.push(`clang-format-14 ended with ${result.status}: ${result.stderr.slice(0, 500)}`);
report('format', files.length, findings);

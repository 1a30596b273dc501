// SPDX-License-Identifier: MIT
// Every source file names its licence in its first lines (SPDX), and C headers are guarded.
import { projectFiles, readText, report } from './files.mjs';

const SOURCE = /\.(c|h|js|mjs|css|sh|cmake|py)$|(^|\/)(CMakeLists\.txt|run)$/;
const HEAD_LINES = 4;

const files = projectFiles().filter((name) => SOURCE.test(name));
const findings = [];
for (const name of files) {
    const text = readText(name);
    if (text === null) continue;
    const head = text.split('\n', HEAD_LINES).join('\n');
    if (!head.includes('SPDX-License-Identifier: ')) findings.push(`${name}:1: no SPDX-License-Identifier in the first ${HEAD_LINES} lines`);
    if (name.endsWith('.h') && !/#pragma once|#ifndef (\w+)\s+#define \1\b/.test(text)) findings.push(`${name}:1: header without a guard`);
}
report('heads', files.length, findings);

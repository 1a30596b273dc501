// SPDX-License-Identifier: MIT
// No template of the page says anything by itself: all text is in web/words/.
import { projectFiles, readText, report } from './files.mjs';
import { checkTemplates } from './template-text.mjs';

const files = projectFiles().filter((name) => /^web\/(ui|pages)\/.*\.js$/.test(name));
report('words', files.length, files.flatMap((name) => checkTemplates(name, readText(name) ?? '')));

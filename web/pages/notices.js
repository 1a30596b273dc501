// SPDX-License-Identifier: MIT
// `/notices`: the text is in the document already (the build writes it from NOTICE.md); only bar and footer come alive.
import './page-element.js';

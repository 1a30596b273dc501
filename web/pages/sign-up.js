// SPDX-License-Identifier: MIT
// `/sign-up`: the other face of sign-in.js.
import './sign-in.js';

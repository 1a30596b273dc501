// SPDX-License-Identifier: MIT
// A server of HTTP, or of HTTPS with the certificate in the folder given.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';

export const createServer = (folder) =>
    folder ? https.createServer({ cert: readFileSync(path.join(folder, 'cert.pem')), key: readFileSync(path.join(folder, 'key.pem')) }) : http.createServer();

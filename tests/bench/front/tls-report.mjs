// SPDX-License-Identifier: MIT
// testssl.sh on a relay with a certificate, without asking anybody outside, and what it found as rows.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { spawnChild } from '../../e2e/lib/children.mjs';

const SECTIONS = ['-p', '-P', '-S', '-f', '-U', '-h'];
/** Of the certificate's authority and its revocation: the operator's, and here one of our own. Or of testssl's own openssl. */
const NOT_OURS = /^cert_|^engine_problem$/;

/** @returns {Promise<{id: string, severity: string, finding: string}[]>} */
export async function testTls(url, { folder, authority }) {
    const file = path.join(folder, 'testssl.json');
    const args = ['--quiet', '--color', '0', '--warnings', 'off', '--nodns', 'none', '--ip', '127.0.0.1', '--add-ca', authority, '--jsonfile', file, ...SECTIONS, `localhost:${new URL(url).port}`];
    const child = spawnChild('testssl', args, { stdio: 'ignore' });
    await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
    return JSON.parse(await readFile(file, 'utf8'));
}

/** What is worse than information and not the certificate's. */
export const complaintsOf = (findings) => findings.filter(({ id, severity }) => !['OK', 'INFO'].includes(severity) && !NOT_OURS.test(id));

/** @returns {[what: string, found: string][]} */
export function tlsRows(findings) {
    const of = (id) => findings.find((f) => f.id === id)?.finding ?? '?';
    const ids = (pattern) => findings.filter(({ id }) => pattern.test(id));
    const vulnerabilities = findings.filter(({ id, finding }) => /vulnerable|NOT ok|^supported|no fallback/i.test(finding) && !/^cert|^cipher|^PFS|^FS|_time$|HSTS/.test(id));
    const complaints = complaintsOf(findings);
    return [
        ['protocols', ['SSLv2', 'SSLv3', 'TLS1', 'TLS1_1', 'TLS1_2', 'TLS1_3'].map((id) => `${id.replace('_', '.')} ${of(id)}`).join('; ')],
        ['ciphers', ids(/^cipherorder_TLSv1/).map(({ id, finding }) => `${id.replace('cipherorder_', '')}: ${finding}`).join('; ')],
        ['forward secrecy', `${of('PFS')}; ${of('PFS_ECDHE_curves')}`],
        ['HSTS', of('HSTS_time')],
        ['vulnerabilities tried', `${vulnerabilities.map(({ id, severity }) => `${id} ${severity}`).join(', ')}`],
        ['findings by severity', ['OK', 'INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'].map((wanted) => `${wanted} ${findings.filter(({ severity }) => severity === wanted).length}`).join(', ')],
        ['complaints', complaints.length ? complaints.map(({ id, severity, finding }) => `${severity} ${id}: ${finding}`).join('; ') : 'none'],
    ];
}

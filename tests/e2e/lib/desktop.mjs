// SPDX-License-Identifier: MIT
// A display (Xvfb) and a sound server (PulseAudio with a null sink) of the tests' own, so that Firefox has a running audio clock.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnChild } from './children.mjs';
import { until } from './relay.mjs';

/** @returns {Promise<{env: Record<string,string>, close: () => Promise<void>}>} env: for the browser's process */
export async function startDesktop() {
    const folder = await mkdtemp(path.join(tmpdir(), 'tabcast-desktop-'));
    const xvfb = spawnChild('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'], {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const display = await new Promise((resolve, reject) => {
        let text = '';
        xvfb.once('error', reject);
        xvfb.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
        xvfb.stdio[3].on('data', (d) => {
            text += d;
            if (text.includes('\n')) resolve(`:${text.trim()}`);
        });
    });
    const socket = path.join(folder, 'pulse.sock');
    const pulse = spawnChild('pulseaudio', ['-n', '--daemonize=no', '--exit-idle-time=-1', '--disable-shm=yes',
        '-L', 'module-null-sink sink_name=nul rate=48000',
        '-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
    { stdio: 'ignore', env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder } });
    await until(() => existsSync(socket), 'the PulseAudio socket', 10000);
    return {
        env: { DISPLAY: display, PULSE_SERVER: `unix:${socket}` },
        async close() {
            pulse.kill();
            xvfb.kill();
            await rm(folder, { recursive: true, force: true, maxRetries: 5 });
        },
    };
}

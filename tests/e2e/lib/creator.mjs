// SPDX-License-Identifier: MIT
// The demo creator as a publisher without a browser.
import { fileURLToPath } from 'node:url';
import { spawnChild } from './children.mjs';
import { createShow, until } from './relay.mjs';

const CREATOR = fileURLToPath(new URL('../../../demo/creator.mjs', import.meta.url));

/**
 * Makes a show and streams into it until stop(). Resolves when it is live.
 * @param {string} relayUrl
 * @param {{title: string, description?: string, clip?: string, width?: number, height?: number, fps?: number, bitrate?: number, greeting?: string}} options
 */
export async function startCreator(relayUrl, options) {
    const show = await createShow(relayUrl, options.title, options.description ? { description: options.description } : {});
    const args = [CREATOR, '--url', relayUrl, '--show', show.id, '--key', show.key, '--width', String(options.width ?? 640), '--height', String(options.height ?? 360),
        '--fps', String(options.fps ?? 15), '--bitrate', String(options.bitrate ?? 600_000), '--greeting', options.greeting ?? ''];
    if (options.clip) args.push('--clip', options.clip);
    const child = spawnChild(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (log += chunk));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await until(async () => {
        if (child.exitCode !== null) throw new Error(`the creator ended:\n${log}`);
        return (await (await fetch(`${relayUrl}/api/v1/shows/${show.id}`)).json()).state === 'live';
    }, 'the creator to be live', 60000).catch((error) => {
        child.kill('SIGKILL');
        throw new Error(`${error.message}\n${log}`);
    });
    return {
        show,
        /** SIGTERM ends the show. */
        async stop() {
            if (child.exitCode === null) child.kill('SIGTERM');
            const timer = setTimeout(() => child.kill('SIGKILL'), 15000);
            await exited;
            clearTimeout(timer);
        },
    };
}

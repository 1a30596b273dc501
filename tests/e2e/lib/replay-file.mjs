// SPDX-License-Identifier: MIT
// The replay of a show that ended, as a file.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from './relay.mjs';

/**
 * Waits until it is finalised.
 * @param {string} relayUrl
 * @param {string} id of the show
 * @param {string} folder where `ID.webm` goes
 * @returns {Promise<string>} the file's path
 */
export async function replayFile(relayUrl, id, folder) {
    const replay = await until(async () => {
        const answer = await fetch(`${relayUrl}/api/v1/replays/${id}`);
        return answer.ok && answer.json();
    }, 'the replay');
    const file = path.join(folder, `${id}.webm`);
    await writeFile(file, Buffer.from(await (await fetch(`${relayUrl}${replay.mediaUrl}`)).arrayBuffer()));
    return file;
}

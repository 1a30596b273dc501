// SPDX-License-Identifier: MIT
// What independent tools say of a WebM file. No exit code is believed: printed text is compared.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const run = promisify(execFile);
const POLICY = fileURLToPath(new URL('../../media/webm-policy.xml', import.meta.url));
const big = { maxBuffer: 1 << 28 };

/** @returns {Promise<string>} what `ffprobe -v error` complains about after reading every packet; '' is good */
export async function ffprobeComplaints(file) {
    const r = await run('ffprobe', ['-v', 'error', '-show_packets', '-of', 'compact=p=0:nk=1', '-show_entries', 'packet=size', file], big);
    return r.stderr.trim();
}

/** @returns {Promise<string>} what a full decode complains about; '' is good */
export async function decodeComplaints(file) {
    // Times as they are: rounded to the mean frame rate, two pictures close together would fall on one.
    const r = await run('ffmpeg', ['-v', 'error', '-i', file, '-fps_mode', 'passthrough', '-enc_time_base:v', '1:1000', '-f', 'null', '-'], big);
    return r.stderr.trim();
}

/** @returns {Promise<string[]>} the verdict lines of mediaconch's implementation check and of our policy */
export async function mediaconchVerdicts(file) {
    const implementation = await run('mediaconch', ['-mc', file], big);
    const policy = await run('mediaconch', ['-p', POLICY, file], big);
    return [implementation.stdout, policy.stdout].map((text) => text.trim().split('\n')[0].split(' ')[0]);
}

/** @returns {Promise<{track: number, pts: number, key: boolean, hash: string}[]>} in file order; track 1 = video, 2 = sound */
export async function filePackets(file) {
    const r = await run('ffprobe', ['-v', 'error', '-show_packets', '-show_data_hash', 'sha256', '-of', 'json', file], big);
    return JSON.parse(r.stdout).packets.map((p) => ({
        track: Number(p.stream_index) + 1,
        pts: Math.round(Number(p.pts_time) * 1000),
        key: p.flags.startsWith('K'),
        hash: p.data_hash.replace('SHA256:', ''),
    }));
}

/** @returns {Promise<{durationMs: number, width: number, height: number, codecs: string[]}>} */
export async function describe(file) {
    const r = await run('ffprobe', ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', file], big);
    const info = JSON.parse(r.stdout);
    const video = info.streams.find((s) => s.codec_type === 'video');
    return {
        durationMs: Math.round(Number(info.format.duration) * 1000),
        width: video?.width ?? 0,
        height: video?.height ?? 0,
        codecs: info.streams.map((s) => s.codec_name),
    };
}

function vint(bytes, at) {
    const length = Math.clz32(bytes[at]) - 23;
    let value = bytes[at] & (0xff >> length);
    for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i];
    return { value, next: at + length };
}

/** The frame inside one wire media message (16-byte header, Cluster, SimpleBlock). */
export function messagePacket(message) {
    const kind = message[0];
    if (kind !== 2 && kind !== 3) return null;
    let at = 16;
    const end = message.length;
    at += 4; // Cluster id 1F 43 B6 75
    at = vint(message, at).next;
    while (at < end) {
        const id = message[at];
        const size = vint(message, at + 1);
        if (id === 0xa3) {
            const frame = message.subarray(size.next + 4, size.next + size.value);
            return {
                track: message[size.next] & 0x7f,
                rendition: message[2],
                pts: Math.floor(Number(message.readBigUInt64BE(8)) / 1000),
                key: Boolean(message[1] & 1),
                hash: createHash('sha256').update(frame).digest('hex'),
            };
        }
        at = size.next + size.value;
    }
    return null;
}

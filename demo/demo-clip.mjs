// SPDX-License-Identifier: MIT
// The demo's own clip, made once with ffmpeg and kept: a stage curtain in the light of a wandering spot, and a slow
// chord. It ends where it began, so that the loop is not seen.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';

const SECONDS = 12;

// All that moves makes a whole number of turns in the clip. The curtain's folds sway; the spot draws an eight.
function picture(width, height, fps) {
    const turn = `2*PI*T/${SECONDS}`;
    const x = 'X/W'; // of the plane being drawn
    const y = 'Y/H';
    const sway = `(0.35*sin(5*${y}+${turn})+0.22*sin(9*${x}+2*${turn}))`;
    const fold = `(0.5+0.5*sin(58*${x}+${sway}*(1+2*${y})))`;
    const distance = `(pow((${x}-0.5-0.3*sin(${turn}))*1.78,2)+pow(${y}-0.47-0.16*sin(2*${turn}),2))`;
    const spot = `(1/(1+exp(60*(${distance}-0.075))))`;
    const glow = `exp(-6*${distance})`;
    const luma = `20+(34*${fold}+10)*(0.35+0.65*${glow})+${spot}*(62+46*${fold})`;
    const cb = `128-(10+6*${fold})*(0.5+0.5*${glow})-${spot}*(8+20*${fold})`;
    const cr = `128+(26+26*${fold})*(0.45+0.55*${glow})+${spot}*(14-22*${fold})`;
    return `nullsrc=s=${width}x${height}:r=${fps}:d=${SECONDS},format=yuv420p,geq=lum='${luma}':cb='${cb}':cr='${cr}'`;
}

// Whole periods of every tone and of the swelling fit into the clip.
function sound() {
    const swell = (phase) => `(0.55+0.45*sin(2*PI*t*2/${SECONDS}+${phase}))`;
    const tone = (hertz, phase) => `${swell(phase)}*sin(2*PI*${hertz}*t)`;
    const left = `0.07*(${tone(110, 0)}+${tone(165, 1)}+${tone(220, 2)}+0.6*${tone(330, 4)})`;
    const right = `0.07*(${tone(110, 0.5)}+${tone(165, 1.7)}+${tone(275, 3)}+0.6*${tone(330, 5)})`;
    return `aevalsrc='${left}|${right}':s=48000:d=${SECONDS}`;
}

/**
 * @param {string} folder where it is kept
 * @param {() => void} onMaking called when it has to be made
 * @returns {Promise<string>} the clip's path
 */
export async function demoClip(folder, onMaking) {
    const file = path.join(folder, `curtain-2.mkv`);
    if (existsSync(file)) return file;
    onMaking();
    mkdirSync(folder, { recursive: true });
    // An eighth of the width is drawn and scaled up: drawing is slow, and curtains are soft.
    const args = ['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', picture(160, 90, 30), '-f', 'lavfi', '-i', sound(),
        '-vf', 'scale=1280:720:flags=bicubic,format=yuv420p,noise=alls=5:allf=t', '-c:v', 'mpeg4', '-q:v', '3', '-g', '30',
        '-c:a', 'pcm_s16le', '-t', String(SECONDS), '-f', 'matroska', `${file}.part`];
    const ffmpeg = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(ffmpeg, 'exit');
    if (code !== 0) throw new Error(`ffmpeg could not make the demo's clip (status ${code})`);
    renameSync(`${file}.part`, file);
    return file;
}

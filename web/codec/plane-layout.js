// SPDX-License-Identifier: MIT
// Finds out whether this browser's VideoFrame takes planes from where `layout` says. Firefox (seen in 153) uses the
// strides but ignores the offsets, so that libvpx's pictures, which have borders between the planes, come out in wrong
// colours. Owns that one question.

const SIDE = 16;
const CHROMA = (SIDE / 2) * (SIDE / 2);
const GAP = 256;
const LUMA = 82;
const U = 90;
const V = 240;
const GARBAGE = 7;

/** @returns {Promise<boolean>} true: give it planes that follow one another */
export async function wantsPackedPlanes() {
    if (typeof VideoFrame === 'undefined') return false;
    const layout = [
        { offset: 0, stride: SIDE },
        { offset: SIDE * SIDE + GAP, stride: SIDE / 2 },
        { offset: SIDE * SIDE + CHROMA + 2 * GAP, stride: SIDE / 2 },
    ];
    const planes = new Uint8Array(layout[2].offset + CHROMA).fill(GARBAGE);
    planes.fill(LUMA, 0, SIDE * SIDE);
    planes.fill(U, layout[1].offset, layout[1].offset + CHROMA);
    planes.fill(V, layout[2].offset);
    try {
        const frame = new VideoFrame(planes, { format: 'I420', codedWidth: SIDE, codedHeight: SIDE, timestamp: 0, layout });
        try {
            const copy = new Uint8Array(frame.allocationSize());
            const [, u, v] = await frame.copyTo(copy);
            return copy[u.offset] !== U || copy[v.offset] !== V;
        } finally {
            frame.close();
        }
    } catch {
        return true; // a browser that cannot even do this gets what is simplest
    }
}

// SPDX-License-Identifier: MIT
// What the pages use and TypeScript's DOM library does not know: worklets, breakout boxes, the worker's own globals,
// and the glue that the wasm build writes.

declare class AudioWorkletProcessor {
    readonly port: MessagePort;
    constructor(options?: unknown);
}
declare function registerProcessor(name: string, processor: new (options?: any) => AudioWorkletProcessor): void;
declare const sampleRate: number;
declare const currentTime: number;
declare const currentFrame: number;

interface DedicatedWorkerGlobalScope extends EventTarget {
    readonly name: string;
    postMessage(message: any, transfer: Transferable[]): void;
    postMessage(message: any, options?: StructuredSerializeOptions): void;
    close(): void;
    onmessage: ((event: MessageEvent) => void) | null;
}

interface MediaStreamTrackProcessorInit {
    track: MediaStreamTrack;
    maxBufferSize?: number;
}
declare class MediaStreamTrackProcessor<T = VideoFrame> {
    constructor(init: MediaStreamTrackProcessorInit);
    readonly readable: ReadableStream<T>;
}
declare class MediaStreamTrackGenerator<T = VideoFrame> extends EventTarget implements MediaStreamTrack {
    constructor(init: { kind: 'audio' | 'video' });
    readonly writable: WritableStream<T>;
    applyConstraints(constraints?: MediaTrackConstraints): Promise<void>;
    clone(): MediaStreamTrack;
    contentHint: string;
    enabled: boolean;
    getCapabilities(): MediaTrackCapabilities;
    getConstraints(): MediaTrackConstraints;
    getSettings(): MediaTrackSettings;
    readonly id: string;
    readonly kind: string;
    readonly label: string;
    readonly muted: boolean;
    onended: ((this: MediaStreamTrack, ev: Event) => any) | null;
    onmute: ((this: MediaStreamTrack, ev: Event) => any) | null;
    onunmute: ((this: MediaStreamTrack, ev: Event) => any) | null;
    readonly readyState: MediaStreamTrackState;
    stop(): void;
}

declare module '*/build/wasm/*' {
    const create: any;
    export default create;
}

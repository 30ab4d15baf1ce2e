// @generated
/* eslint-disable */
// biome-ignore-all assist: generated code
// biome-ignore-all format: generated code
// biome-ignore-all lint: generated code
// net: written by atrous 0.1.0 for ts, from source 1a2b3c4d.

/** What a run reads: dense, row-major, channels last. */
export interface NetInputs {
  /** Shape [2, 2, 4], 16 numbers. */
  readonly image: Float32Array;
}

/** What a run writes: dense, row-major, channels last. */
export interface NetOutputs {
  /** Shape [2, 2, 2], 8 numbers. */
  readonly mask: Float32Array;
}

/**
 * One layer.
 * /* 3×3 *\/
 */
export interface Net {
  /**
   * Computes the outputs. With `outputs` given they are written there and nothing is allocated; without, the results
   * are new arrays, the caller's own. A wrong name, length or type is a TypeError.
   */
  run(inputs: NetInputs, outputs?: NetOutputs): NetOutputs;
}

export interface LoadOptions {
  /** Where the weights are, or the bytes themselves. Without it: the file beside the module, or the ones inlined in it. */
  readonly weights?: UrlLike | string | ArrayBuffer | Uint8Array;
  readonly signal?: AbortSignalLike;
  /** Called with bytes: how many have come, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** As a `URL` is. What is used of the platform is declared here: a project may have no types of a browser or of Node. */
export interface UrlLike {
  readonly href: string;
  readonly protocol: string;
}

/** As an `AbortSignal` is. */
export interface AbortSignalLike {
  throwIfAborted(): void;
}

/** What this module computes, and what it was built from. */
export declare const info: {
  readonly name: 'net';
  readonly inputs: {
    readonly image: { readonly shape: readonly [2, 2, 4]; readonly length: 16 };
  };
  readonly outputs: {
    readonly mask: { readonly shape: readonly [2, 2, 2]; readonly length: 8 };
  };
  readonly parameters: 74;
  readonly multiplyAccumulates: 288;
  readonly arenaBytes: 288;
  readonly weightsBytes: 296;
  readonly target: 'ts';
  readonly compiler: 'atrous 0.1.0';
  readonly sourceHash: '1a2b3c4d';
};

/**
 * Makes a model with memory of its own, at once: also in a worker, a worklet, a service worker.
 * Without `weights`, with the ones that this module carries. Throws where they are not exactly those of this model.
 */
export declare function create(weights?: ArrayBuffer | Uint8Array): Net;

/** As `create`, and takes weights from elsewhere too: a URL, a path, bytes. */
export declare function load(options?: LoadOptions): Promise<Net>;

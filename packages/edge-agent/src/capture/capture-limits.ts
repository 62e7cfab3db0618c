// What no source may exceed, however it is decoded: files come from strangers.

/** Pixels of one frame at most: an 8K picture; more is a bomb. */
export const PIXELS_MAX = 7_680 * 4_320
/** Streams in one container at most. */
export const STREAMS_MAX = 64
/** Hours of one file at most. */
export const DURATION_MAX_S = 48 * 3_600
/** Milliseconds without a byte or a frame after which a network source counts as lost. */
export const NETWORK_SILENCE_MAX_MS = 5_000
/**
 * Milliseconds to open a source, its thread and its libraries included. RTSP takes about one second on a local
 * network and is tried again; a file that is not open in time fails its job for good, however busy the device was.
 */
export const OPEN_TIMEOUT_MS = { rtsp: 15_000, camera: 15_000, file: 60_000 } as const

// Bounds that device and centre agree on. Each says its unit and why it has that value.

/** Bytes of one batch on the wire; small enough for every broker's default and for slow links (contracts: sync). */
export const BATCH_MAX_BYTES = 256 * 1024
/** Bytes of one batch once decompressed; a decoder refuses more before it allocates. */
export const BATCH_BODY_MAX_BYTES = 4 * 1024 * 1024
/** Entries per batch; keeps one ingest transaction short. */
export const BATCH_MAX_ENTRIES = 512
/** Batches sent and not yet acked; window 1 costs six times the throughput. */
export const SEND_WINDOW_BATCHES = 16
/** Bytes of one exemplar crop (WebP). */
export const CROP_MAX_BYTES = 16 * 1024
/** Ranges above the high-water mark that one ack names. */
export const ACK_MAX_RANGES = 16
/** Bytes of any control message (everything but batches and replies). */
export const CONTROL_MAX_BYTES = 64 * 1024
/** Bytes of one reply, crops included. */
export const REPLY_MAX_BYTES = 512 * 1024
/** Milliseconds between two status messages of a device while it is connected; a lost link shows within 5 s. */
export const STATUS_INTERVAL_MS = 2_000
/** Seconds of MQTT keep-alive; the broker notices a half-open link after 1.5 times this. */
export const KEEPALIVE_S = 15

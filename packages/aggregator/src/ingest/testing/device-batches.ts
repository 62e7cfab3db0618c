// Valid batches of a made-up device, for tests of ingest: sightings with vectors and crops, numbered from 1.
import { randomUUID } from 'node:crypto'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { nodeBinaryTools, sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { Batch } from '@sam3-fleet/shared/protocol/batch'
import { encodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import { entryHashText, type Entry, type EntryKind } from '@sam3-fleet/shared/protocol/entry'
import type { Hello } from '@sam3-fleet/shared/protocol/hello'
import { normalise, toF16Bytes } from '@sam3-fleet/shared/vector/vector'

export const SPACE = {
  spaceId: 'test-space@1',
  model: 'test',
  version: '1',
  dimension: 4,
  metric: 'cosine',
  preprocessing: 'none',
  identity: 'none',
} as const

export class BatchDevice {
  readonly deviceId: string
  epoch = randomUUID() as string
  lease = 1
  readonly entries: Entry[] = []
  readonly #vectors = new Map<string, Uint8Array>()
  readonly #blobs = new Map<string, Uint8Array>()

  constructor(deviceId: string) {
    this.deviceId = deviceId
  }

  hello(part: Partial<Hello> = {}): Hello {
    return {
      v: 1,
      helloId: randomUUID(),
      deviceId: this.deviceId,
      name: 'Gate',
      bootId: randomUUID(),
      agentVersion: 'test',
      epoch: this.epoch,
      maxSeq: this.entries.length,
      minSeq: 1,
      lastAck: null,
      pack: { id: 'test', version: '1.0.0', labels: ['person'] },
      spaces: [SPACE],
      ...part,
    }
  }

  add(kind: EntryKind, id: string, version: number, state: unknown): Entry {
    const text = JSON.stringify(state)
    const entry = { seq: this.entries.length + 1, kind, id, version, state: text }
    const full = { ...entry, hash: sha256Hex(entryHashText(entry)) }
    this.entries.push(full)
    return full
  }

  addSighting(part: Partial<Sighting> = {}, direction = this.entries.length): Entry {
    const f16 = toF16Bytes(normalise([1, direction % 5, direction % 3, direction % 2], SPACE.dimension))
    const vectorHash = sha256Hex(f16)
    this.#vectors.set(vectorHash, f16)
    const sighting: Sighting = {
      id: randomUUID(),
      version: 1,
      state: 'open',
      sourceId: '01a20a43-68c2-7747-8d09-5a01d0e2bf15',
      sourceName: 'gate camera',
      videoId: '01a20a43-68c2-7747-8d09-5a01d0e2bf16',
      label: 'person',
      textPrompt: null,
      description: 'a person in red',
      attributes: { colours: [{ name: 'red', share: 0.6 }], size: 'small', place: 'left', movement: '' },
      confidence: 0.8,
      bbox: [0.1, 0.2, 0.3, 0.4],
      frameIdx: 5,
      detectionId: 7,
      count: 3,
      trackCount: 1,
      firstSeenMs: 1_700_000_000_000,
      lastSeenMs: 1_700_000_001_000,
      timeOrigin: 'live',
      spaceId: SPACE.spaceId,
      vectorHash,
      mediaSha256: null,
      ...part,
    }
    return this.add('sighting', sighting.id, sighting.version, sighting)
  }

  addCrop(text: string): Entry {
    const bytes = Buffer.from(text)
    const sha256 = sha256Hex(bytes)
    this.#blobs.set(sha256, bytes)
    const state = {
      sha256,
      contentType: 'image/webp',
      bytes: bytes.byteLength,
      width: 4,
      height: 4,
      sightingId: randomUUID(),
    }
    return this.add('media', sha256, 1, state)
  }

  /** A batch of these entries with all that they name. */
  encode(entries: readonly Entry[], options: { withVectors?: boolean } = {}): Buffer {
    const hashes = [
      ...new Set(
        entries.flatMap(({ kind, state }) =>
          kind === 'sighting' ? [(JSON.parse(state) as Sighting).vectorHash] : [],
        ),
      ),
    ]
    const known = options.withVectors === false ? [] : hashes.filter((hash) => this.#vectors.has(hash))
    const batch: Batch = {
      entries: [...entries],
      vectors:
        known.length === 0
          ? []
          : [
              {
                space: SPACE,
                hashes: known,
                f16: Buffer.concat(known.map((hash) => this.#vectors.get(hash) as Uint8Array)),
              },
            ],
      blobs: entries.flatMap(({ kind, id }) =>
        kind === 'media' ? [{ sha256: id, bytes: this.#blobs.get(id) as Uint8Array }] : [],
      ),
    }
    return Buffer.from(
      encodeBatch(
        { v: 1, deviceId: this.deviceId, epoch: this.epoch, lease: this.lease, batchId: randomUUID() },
        batch,
        nodeBinaryTools,
      ),
    )
  }
}

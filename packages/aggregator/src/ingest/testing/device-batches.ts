// Valid batches of a made-up device, for tests of ingest: sightings with vectors and crops, numbered from 1.
import { randomUUID } from 'node:crypto'
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { nodeBinaryTools, sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { Batch } from '@sam3-fleet/shared/protocol/batch'
import { encodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import { entryHashText, type Entry, type EntryKind } from '@sam3-fleet/shared/protocol/entry'
import type { Hello } from '@sam3-fleet/shared/protocol/hello'
import { normalise, toF16Bytes } from '@sam3-fleet/shared/vector/vector'

export const SPACE: EmbeddingSpace = {
  spaceId: 'test-space@1',
  model: 'test',
  version: '1',
  dimension: 4,
  metric: 'cosine',
  preprocessing: 'none',
  identity: 'none',
}

export class BatchDevice {
  readonly deviceId: string
  readonly space: EmbeddingSpace
  epoch = randomUUID() as string
  lease = 1
  readonly entries: Entry[] = []
  readonly #vectors = new Map<string, Uint8Array>()
  readonly #blobs = new Map<string, Uint8Array>()

  constructor(deviceId: string, space = SPACE) {
    this.deviceId = deviceId
    this.space = space
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
      spaces: [this.space],
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

  /** Half floats that a sighting may name by the hash that this returns. */
  addVector(f16: Uint8Array): string {
    const hash = sha256Hex(f16)
    this.#vectors.set(hash, f16)
    return hash
  }

  addSighting(part: Partial<Sighting> = {}, vector = this.#someVector()): Entry {
    const vectorHash = this.addVector(vector)
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
      spaceId: this.space.spaceId,
      vectorHash,
      mediaSha256: null,
      ...part,
    }
    return this.add('sighting', sighting.id, sighting.version, sighting)
  }

  /** Declares that entries were dropped before they were sent. */
  addDropped(fromSeq: number, toSeq: number): Entry {
    return this.add('tombstone', randomUUID(), 1, {
      what: 'dropped',
      epoch: this.epoch,
      fromSeq,
      toSeq,
      count: Math.max(1, toSeq - fromSeq + 1),
      reason: 'disk full',
      atMs: 1,
    })
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

  /** One of a few, so that some sightings share theirs. */
  #someVector(): Uint8Array {
    const n = this.entries.length
    const few = [1, n % 5, n % 3, n % 2]
    const { dimension } = this.space
    return toF16Bytes(
      normalise(
        Array.from({ length: dimension }, (_, at) => few[at] ?? 0),
        dimension,
      ),
    )
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
                space: this.space,
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

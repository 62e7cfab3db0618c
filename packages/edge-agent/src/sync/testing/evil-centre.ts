// A centre behind a link that loses, doubles and reorders what it carries, for tests of the device's side. It keeps
// the rules of the real one: settles an entry only with its vector and crop, answers from what it holds.
import { nodeBinaryTools } from '@sam3-fleet/shared/node/binary'
import type { Ack } from '@sam3-fleet/shared/protocol/ack'
import { decodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import { parseTopic } from '@sam3-fleet/shared/protocol/topics'
import { vectorHashOf } from '../../store/sqlite-outbox-reader.ts'

export interface EvilLinkFaults {
  /** 0..1 of publishes that never arrive though they are confirmed. */
  lose: number
  /** 0..1 of publishes that arrive twice. */
  double: number
  /** 0..1 of acks that never arrive. */
  loseAck: number
}

export interface EvilCentreOptions {
  incarnation: string
  faults: EvilLinkFaults
  random: () => number
  deliverAck: (ack: Ack) => void
}

export class EvilCentre {
  readonly settled = new Map<number, string>()
  readonly vectors = new Set<string>()
  readonly blobs = new Set<string>()
  conflicts = 0
  received = 0
  readonly #options: EvilCentreOptions
  readonly #waiting: Uint8Array[] = []

  constructor(options: EvilCentreOptions) {
    this.#options = options
  }

  get hwm(): number {
    let n = 0
    while (this.settled.has(n + 1)) n += 1
    return n
  }

  /** What the device's link calls: confirmed at once, as a broker does, whatever becomes of it. */
  publish(topic: string, payload: Uint8Array | string): Promise<void> {
    const { random, faults } = this.#options
    if (parseTopic(topic)?.direction === 'up' && typeof payload !== 'string' && random() >= faults.lose) {
      this.#waiting.push(payload)
      if (random() < faults.double) this.#waiting.push(payload)
    }
    return Promise.resolve()
  }

  /** Takes in all that has arrived, in any order. */
  deliver(): void {
    while (this.#waiting.length > 0) {
      const at = Math.floor(this.#options.random() * this.#waiting.length)
      const [payload] = this.#waiting.splice(at, 1)
      this.#ingest(payload as Uint8Array)
    }
  }

  #ingest(payload: Uint8Array): void {
    const { header, batch } = decodeBatch(payload, nodeBinaryTools)
    this.received += 1
    for (const block of batch.vectors) for (const hash of block.hashes) this.vectors.add(hash)
    for (const blob of batch.blobs) this.blobs.add(blob.sha256)
    const needVectors: string[] = []
    const needBlobs: string[] = []
    for (const entry of batch.entries) {
      if (entry.kind === 'sighting' && !this.vectors.has(vectorHashOf(entry)))
        needVectors.push(vectorHashOf(entry))
      else if (entry.kind === 'media' && !this.blobs.has(entry.id)) needBlobs.push(entry.id)
      else this.#settle(entry)
    }
    if (this.#options.random() < this.#options.faults.loseAck) return
    this.#options.deliverAck({
      v: 1,
      deviceId: header.deviceId,
      epoch: header.epoch,
      lease: header.lease,
      incarnation: this.#options.incarnation,
      batchId: header.batchId,
      hwm: this.hwm,
      ranges: this.#rangesAbove(this.hwm),
      rejects: [],
      needVectors,
      needBlobs,
      durability: 'power_safe',
      creditBytes: 4 * 1024 * 1024,
    })
  }

  #settle(entry: Entry): void {
    const known = this.settled.get(entry.seq)
    if (known !== undefined && known !== entry.hash) this.conflicts += 1
    this.settled.set(entry.seq, entry.hash)
  }

  #rangesAbove(hwm: number): [number, number][] {
    const ranges: [number, number][] = []
    for (const seq of [...this.settled.keys()].filter((n) => n > hwm).sort((a, b) => a - b)) {
      const last = ranges.at(-1)
      if (last && last[1] === seq - 1) last[1] = seq
      else ranges.push([seq, seq])
    }
    return ranges.slice(0, 16)
  }
}

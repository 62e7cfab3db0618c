// All sightings of one recording that are not closed: takes the tracker's hits, finds each track its sighting, holds
// back what does not match a prompt (yet), and makes the versions and detections that are to be kept.
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { matchPrompt } from '@sam3-fleet/models/prompt/match-prompt'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Resembler } from '@sam3-fleet/models/resemble/resembler'
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { Deduplicator } from '../dedup/deduplicator.ts'
import { hiddenPart } from '../embed/clarity.ts'
import { labelsBeside } from '../embed/companions.ts'
import { partsOfCrop } from '../embed/crop-parts.ts'
import type { GrowingHit, GrowingSighting, SightingFixed } from '../embed/growing-sighting.ts'
import type { NewDetection, SightingVersion, TrackSpan } from '../store/pipeline-store.ts'
import type { TrackHit } from '../track/tracker.ts'
import type { PipelineRequest } from './pipeline.ts'
import { keepSlot, newSlot, slotFrom, type KeptSlot, type Slot } from './slot.ts'
import { looksLikeStillLife } from './still-life.ts'

/** Milliseconds of the recording between two versions of a sighting that goes on. */
const VERSION_INTERVAL_MS = 10_000
/** Milliseconds after which one whose words have changed says so: "walking to the left" is known by then. */
const CHANGED_INTERVAL_MS = 2_000
/** Detections that are held back for a prompt at most; a parked car that is never asked for must not fill the memory. */
const HELD_MAX = 512

export interface SightingBoardOptions {
  fixed: Omit<SightingFixed, 'id'>
  prompts: PipelineRequest['prompts']
  keep: PipelineRequest['keep']
  /** A picture: nothing in it could have moved. */
  isStill: boolean
  deduplicator: Deduplicator
  textEncoder: TextEncoder
  resembler: Resembler | null
  newId: () => string
  reserveDetectionIds: (count: number) => number
}

export interface BoardStep {
  detections: NewDetection[]
  /** Tracks that ended. */
  tracks: TrackSpan[]
  /** Sightings of which a new version is due, and whether it is the last. */
  due: { slot: Slot; state: Sighting['state'] }[]
}

export interface BoardFrame {
  frameIdx: number
  tsMs: number
  image: RgbImage
  /** All that is seen in it, asked for or not: what stands before something hides it, what touches it is with it. */
  seen: readonly Pick<DetectedObject, 'label' | 'bbox'>[]
}

export class SightingBoard {
  readonly #options: SightingBoardOptions
  readonly #slots = new Map<string, Slot>()
  readonly #slotOfTrack = new Map<number, Slot>()
  sightings = 0

  /** @param kept what the board that this one goes on for had */
  constructor(options: SightingBoardOptions, kept: readonly KeptSlot[] = []) {
    this.#options = options
    for (const each of kept) {
      const slot = slotFrom(options.fixed, each)
      this.#slots.set(each.id, slot)
      for (const trackId of slot.tracks.keys()) this.#slotOfTrack.set(trackId, slot)
    }
  }

  /** All of it between two frames, oldest first; what was due must have been made. */
  async kept(): Promise<KeptSlot[]> {
    return Promise.all([...this.#slots.values()].map(keepSlot))
  }

  /** Hits of earlier frames come without their picture. */
  take(hits: readonly TrackHit[], ended: readonly number[], now: BoardFrame): BoardStep {
    const step: BoardStep = { detections: [], tracks: [], due: [] }
    let nextId = hits.length > 0 ? this.#options.reserveDetectionIds(hits.length) : 0
    const touched = new Set<Slot>()
    for (const hit of hits) {
      const slot = this.#slotOfTrack.get(hit.trackId) ?? this.#placeTrack(hit, now.tsMs)
      const isNow = hit.frameIdx === now.frameIdx
      const growing = toGrowing(hit, nextId, isNow ? now.seen : null)
      slot.growing.add(growing, isNow ? now.image : null)
      slot.held.push(toDetection(growing, hit.object.mask, slot.growing.fixed.id))
      nextId += 1
      touched.add(slot)
    }
    for (const trackId of ended) this.#endTrack(trackId, now.tsMs, step)
    for (const slot of touched) this.#release(slot, now.tsMs, step)
    this.#closeRested(now.tsMs, step)
    return step
  }

  /** The recording is at its end: everything closes. */
  closeAll(): BoardStep {
    const step: BoardStep = { detections: [], tracks: [], due: [] }
    for (const trackId of this.#slotOfTrack.keys()) this.#endTrack(trackId, null, step)
    for (const slot of this.#slots.values()) if (slot.isKept) step.due.push({ slot, state: 'closed' })
    this.#slots.clear()
    this.#slotOfTrack.clear()
    return step
  }

  /** Describes, embeds and encodes one version that is due. */
  async makeVersion({ slot, state }: BoardStep['due'][number]): Promise<SightingVersion> {
    const { growing } = slot
    const described = growing.describe()
    slot.embeddedText = described.embeddingText
    const [vectors, crop] = await Promise.all([
      this.#options.textEncoder.encode([described.embeddingText]),
      growing.takeNewCrop(),
    ])
    const vectorF16 = toF16Bytes(vectors[0] as Float32Array)
    slot.mediaSha256 = crop?.sha256 ?? slot.mediaSha256
    const { resembler } = this.#options
    if (crop && resembler) slot.resembles = await resembler.resemblances(crop.bytes)
    if (crop) slot.parts = await partsOfCrop(crop.bytes, growing.shown)
    const { resembles, parts } = slot
    const attributes = {
      ...described.attributes,
      ...(resembles ? { resembles } : {}),
      ...(parts ? { parts } : {}),
    }
    const sighting = growing.toVersion(state, {
      described: { ...described, attributes },
      vectorHash: sha256Hex(vectorF16),
      mediaSha256: slot.mediaSha256,
    })
    return { sighting, vectorF16, crop }
  }

  #placeTrack(hit: TrackHit, nowMs: number): Slot {
    const { deduplicator } = this.#options
    const resting = [...this.#slots.values()]
      .filter((slot) => slot.tracks.size === 0)
      .map(toResting)
      // What is over is closed behind this frame: that decides, so that it can be decided again from what is stored.
      .filter((sighting) => !deduplicator.isOver(sighting, nowMs))
    const start = {
      label: hit.object.label,
      colours: hit.object.colours,
      box: { atMs: hit.tsMs, bbox: hit.object.bbox },
    }
    const home = deduplicator.findHome(start, resting)
    const slot = (home === null ? undefined : this.#slots.get(home)) ?? this.#newSlot()
    slot.tracks.set(hit.trackId, nowMs)
    this.#slotOfTrack.set(hit.trackId, slot)
    return slot
  }

  #endTrack(trackId: number, endedMs: number | null, step: BoardStep): void {
    const slot = this.#slotOfTrack.get(trackId)
    const placedMs = slot?.tracks.get(trackId)
    if (!slot || placedMs === undefined) return
    this.#slotOfTrack.delete(trackId)
    slot.tracks.delete(trackId)
    slot.spans.push({ trackId, placedMs, endedMs })
    if (slot.isKept) step.tracks.push(...slot.spans.splice(0))
  }

  #newSlot(): Slot {
    const slot = newSlot({ ...this.#options.fixed, id: this.#options.newId() })
    this.#slots.set(slot.growing.fixed.id, slot)
    return slot
  }

  /** Hands out what the slot holds, once it is known to be wanted. */
  #release(slot: Slot, nowMs: number, step: BoardStep): void {
    const { growing } = slot
    growing.textPrompt ??= this.#askedFor(growing)
    if (!slot.isKept && !this.#isWanted(growing)) {
      if (slot.held.length > HELD_MAX) forgetOldest(slot)
      return
    }
    const isFirst = !slot.isKept
    slot.isKept = true
    for (const detection of slot.held) step.detections.push({ ...detection, textPrompt: growing.textPrompt })
    slot.held = []
    step.tracks.push(...slot.spans.splice(0))
    if (isFirst) this.sightings += 1
    if (!isFirst && !isDue(slot, nowMs)) return
    growing.versionedAtMs = nowMs
    step.due.push({ slot, state: 'open' })
  }

  #isWanted(growing: GrowingSighting): boolean {
    const { prompts, keep, isStill } = this.#options
    if (!isStill && looksLikeStillLife(growing)) return false
    return prompts === null || keep === 'all' || growing.textPrompt !== null
  }

  /** The first prompt that it matches, by the label and colours of all its detections so far. */
  #askedFor({ label, colours }: GrowingSighting): string | null {
    const { prompts } = this.#options
    const matched = prompts?.find(({ interpretation }) => matchPrompt(interpretation, { label, colours }))
    return matched?.text ?? null
  }

  #closeRested(nowMs: number, step: BoardStep): void {
    for (const [id, slot] of this.#slots) {
      if (slot.tracks.size > 0 || !this.#options.deduplicator.isOver(toResting(slot), nowMs)) continue
      this.#slots.delete(id)
      if (slot.isKept) step.due.push({ slot, state: 'closed' })
    }
  }
}

function forgetOldest({ growing, held, spans }: Slot): void {
  growing.forget(held.splice(0, held.length - HELD_MAX).length)
  const first = spans.findIndex(({ trackId }) => trackId === held[0]?.trackId)
  spans.splice(0, first === -1 ? spans.length : first)
}

function isDue({ growing, embeddedText }: Slot, nowMs: number): boolean {
  const sinceMs = nowMs - growing.versionedAtMs
  if (sinceMs >= VERSION_INTERVAL_MS) return true
  return sinceMs >= CHANGED_INTERVAL_MS && growing.describe().embeddingText !== embeddedText
}

function toResting({ growing }: Slot): Parameters<Deduplicator['isOver']>[0] {
  return { sightingId: growing.fixed.id, label: growing.label, colours: growing.colours, path: growing.path }
}

/** @param seen of its own frame, when that is at hand */
function toGrowing(
  { trackId, frameIdx, tsMs, object }: TrackHit,
  detectionId: number,
  seen: BoardFrame['seen'] | null,
): GrowingHit {
  const { label, confidence, bbox, colours } = object
  const boxes = seen?.map((other) => other.bbox) ?? []
  return {
    detectionId,
    trackId,
    frameIdx,
    tsMs,
    label,
    confidence,
    bbox,
    colours,
    hiddenPart: hiddenPart(bbox, boxes),
    beside: seen && labelsBeside(object, seen),
  }
}

function toDetection(
  { hiddenPart: _hiddenPart, ...hit }: GrowingHit,
  mask: NewDetection['mask'],
  sightingId: string,
): NewDetection {
  return { ...hit, mask, sightingId, textPrompt: null }
}

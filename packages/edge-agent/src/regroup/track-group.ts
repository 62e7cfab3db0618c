// Tracks that make one sighting: takes in their stored detections, and knows what a sighting of them is.
import { GrowingSighting, type SightingFixed } from '../embed/growing-sighting.ts'
import type { GrowingState } from '../embed/growing-state.ts'
import type { TrackDetection } from '../store/regroup-store.ts'

/** The detection that stands for a sighting, with its crop if that was kept. */
export type Exemplar = Pick<
  TrackDetection,
  'detectionId' | 'frameIdx' | 'confidence' | 'bbox' | 'mediaSha256'
>

export class TrackGroup {
  readonly trackIds: number[] = []
  /** Unix ms after which all of its tracks have ended. */
  endedMs = -Infinity
  textPrompt: string | null = null
  #growing: GrowingSighting
  #best: TrackDetection | null = null

  constructor(fixed: SightingFixed) {
    this.#growing = new GrowingSighting(fixed)
  }

  get label(): string {
    return this.#growing.label
  }

  get colours(): GrowingSighting['colours'] {
    return this.#growing.colours
  }

  get path(): GrowingSighting['path'] {
    return this.#growing.path
  }

  /** One track after the other, each as a whole. */
  add(trackId: number, detections: readonly TrackDetection[], endedMs: number): void {
    this.trackIds.push(trackId)
    this.endedMs = Math.max(this.endedMs, endedMs)
    for (const detection of detections) {
      // What stood before it only matters where pictures are compared, which are gone.
      this.#growing.add({ ...detection, hiddenPart: 0 }, null)
      this.textPrompt ??= detection.textPrompt
      if (this.#best === null || isBetter(detection, this.#best)) this.#best = detection
    }
  }

  /** Of all its detections the one to be shown: with a crop before one without, then sure and large. */
  get best(): Exemplar {
    if (!this.#best) throw new Error('a group has at least one detection')
    return this.#best
  }

  /** The sighting that it is, grown and with this exemplar; its next version is the one after `version`. */
  toGrowing(fixed: SightingFixed, exemplar: Exemplar, version: number): GrowingSighting {
    const state: GrowingState = this.#growing.state()
    const { detectionId, frameIdx, confidence, bbox } = exemplar
    const shown = { ...state.exemplar, detectionId, frameIdx, confidence, bbox }
    const textPrompt = this.textPrompt
    return GrowingSighting.from(fixed, { ...state, version, textPrompt, exemplar: shown }, null)
  }
}

function isBetter(detection: TrackDetection, than: TrackDetection): boolean {
  const [hasCrop, thanHasCrop] = [detection.mediaSha256 !== null, than.mediaSha256 !== null]
  return hasCrop === thanHasCrop ? sureness(detection) > sureness(than) : hasCrop
}

function sureness({ confidence, bbox: [, , w, h] }: TrackDetection): number {
  return confidence * Math.sqrt(w * h)
}

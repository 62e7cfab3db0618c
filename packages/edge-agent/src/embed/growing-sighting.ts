// A sighting while it grows: takes in detections, and says at any time what is known of it as a full version.
import type { TimedBox } from '@sam3-fleet/models/describe/measured-sighting'
import { describeSighting } from '@sam3-fleet/models/describe/describe-sighting'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { ColourShare, Sighting } from '@sam3-fleet/shared/domain/sighting'
import { CLEARER_BY, clarityOf, cutOut, type ExemplarPixels } from './exemplar.ts'

/** Boxes of the path that are kept; older ones are thinned out. */
const PATH_MAX = 64
/** Colours that a sighting names, and the least share of one. */
const COLOURS_MAX = 3
const COLOUR_SHARE_MIN = 0.2

/** One detection as it comes from a track; `image` only for the newest frame. */
export interface GrowingHit {
  detectionId: number
  trackId: number
  frameIdx: number
  tsMs: number
  label: string
  confidence: number
  bbox: [number, number, number, number]
  colours: readonly ColourShare[]
}

export type SightingFixed = Pick<
  Sighting,
  'id' | 'sourceId' | 'sourceName' | 'videoId' | 'timeOrigin' | 'spaceId'
>

interface Exemplar {
  hit: GrowingHit
  clarity: number
  pixels: ExemplarPixels | null
}

export class GrowingSighting {
  readonly fixed: SightingFixed
  version = 0
  textPrompt: string | null = null
  /** Unix ms of the newest version. */
  versionedAtMs = 0
  #count = 0
  #peakConfidence = 0
  #tracks = new Set<number>()
  #firstSeenMs = Infinity
  #lastSeenMs = -Infinity
  #exemplar: Exemplar | null = null
  #newCrop = false
  readonly #labelVotes = new Map<string, number>()
  readonly #colourWeights = new Map<string, number>()
  #colourTotal = 0
  #path: TimedBox[] = []

  constructor(fixed: SightingFixed) {
    this.fixed = fixed
  }

  get count(): number {
    return this.#count
  }

  get peakConfidence(): number {
    return this.#peakConfidence
  }

  /** Detections that were held back and are not kept after all do not count. */
  forget(detections: number): void {
    this.#count -= detections
  }

  get lastSeenMs(): number {
    return this.#lastSeenMs
  }

  get path(): readonly TimedBox[] {
    return this.#path
  }

  /** The label that most of the confidence was for. */
  get label(): string {
    return [...this.#labelVotes].reduce((best, vote) => (vote[1] > best[1] ? vote : best), ['', 0] as [
      string,
      number,
    ])[0]
  }

  /** Over all detections, each weighted by its size: near is clearer than far. */
  get colours(): ColourShare[] {
    return [...this.#colourWeights]
      .map(([name, weight]) => ({ name, share: Math.round((weight / this.#colourTotal) * 100) / 100 }))
      .filter(({ share }) => share >= COLOUR_SHARE_MIN)
      .sort((a, b) => b.share - a.share || a.name.localeCompare(b.name))
      .slice(0, COLOURS_MAX)
  }

  add(hit: GrowingHit, image: RgbImage | null): void {
    this.#count += 1
    this.#peakConfidence = Math.max(this.#peakConfidence, hit.confidence)
    this.#tracks.add(hit.trackId)
    this.#firstSeenMs = Math.min(this.#firstSeenMs, hit.tsMs)
    this.#lastSeenMs = Math.max(this.#lastSeenMs, hit.tsMs)
    this.#labelVotes.set(hit.label, (this.#labelVotes.get(hit.label) ?? 0) + hit.confidence)
    const area = hit.bbox[2] * hit.bbox[3]
    if (hit.colours.length > 0) this.#colourTotal += area
    for (const { name, share } of hit.colours)
      this.#colourWeights.set(name, (this.#colourWeights.get(name) ?? 0) + share * area)
    this.#path.push({ atMs: hit.tsMs, bbox: hit.bbox })
    if (this.#path.length > PATH_MAX) this.#path = this.#path.filter((_, n) => n === 0 || n % 2 === 1)
    this.#consider(hit, image)
  }

  /** Takes the pixels of a picture that is not stored yet; null when the stored one is still the best. */
  takeNewCrop(): ExemplarPixels | null {
    if (!this.#newCrop) return null
    this.#newCrop = false
    return this.#exemplar?.pixels ?? null
  }

  describe(): ReturnType<typeof describeSighting> {
    const bbox = this.#exemplarOrThrow().hit.bbox
    return describeSighting({ label: this.label, colours: this.colours, bbox, path: this.#path })
  }

  /** A full version; `vectorHash` and `mediaSha256` come from what the caller made of `describe` and `takeNewCrop`. */
  toVersion(
    state: Sighting['state'],
    made: { described: ReturnType<typeof describeSighting>; vectorHash: string; mediaSha256: string | null },
  ): Sighting {
    const { hit } = this.#exemplarOrThrow()
    this.version += 1
    return {
      ...this.fixed,
      version: this.version,
      state,
      label: this.label,
      textPrompt: this.textPrompt,
      description: made.described.description,
      attributes: made.described.attributes,
      confidence: hit.confidence,
      bbox: hit.bbox,
      frameIdx: hit.frameIdx,
      detectionId: hit.detectionId,
      count: this.#count,
      trackCount: this.#tracks.size,
      firstSeenMs: this.#firstSeenMs,
      lastSeenMs: this.#lastSeenMs,
      vectorHash: made.vectorHash,
      mediaSha256: made.mediaSha256,
    }
  }

  #consider(hit: GrowingHit, image: RgbImage | null): void {
    if (!image) {
      this.#exemplar ??= { hit, clarity: 0, pixels: null }
      return
    }
    const clarity = clarityOf(hit.bbox, hit.confidence, image)
    if (this.#exemplar?.pixels && clarity < this.#exemplar.clarity * CLEARER_BY) return
    this.#exemplar = { hit, clarity, pixels: cutOut(image, hit.bbox) }
    this.#newCrop = true
  }

  #exemplarOrThrow(): Exemplar {
    if (!this.#exemplar) throw new Error('a sighting has at least one detection before it is described')
    return this.#exemplar
  }
}

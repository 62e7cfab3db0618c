// A sighting while it grows: takes in detections, and says at any time what is known of it as a full version.
import type { TimedBox } from '@sam3-fleet/models/describe/measured-sighting'
import { describeSighting } from '@sam3-fleet/models/describe/describe-sighting'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { ColourShare, Sighting } from '@sam3-fleet/shared/domain/sighting'
import { finenessOf, isClearer, plainClarity } from './clarity.ts'
import { companionsOf } from './companions.ts'
import { cutOut, encodeCrop, type EncodedCrop, type ExemplarPixels } from './exemplar.ts'
import type { GrowingState } from './growing-state.ts'

/** Boxes of the path that are kept; older ones are thinned out. */
const PATH_MAX = 64
/** Colours that a sighting names, and the least share of one. */
const COLOURS_MAX = 3
const COLOUR_SHARE_MIN = 0.2
/** A confidence counts as reached after a tenth of all looks had it, or after this many. */
const CLEAR_LOOKS_MAX = 3
const CLEAR_LOOKS_PART = 0.1

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
  /** Part of it (0..1) that something before it covers. */
  hiddenPart: number
  /** Labels of other things that touch it; null when its frame is not at hand. */
  beside: readonly string[] | null
}

export type SightingFixed = Pick<
  Sighting,
  'id' | 'sourceId' | 'sourceName' | 'videoId' | 'timeOrigin' | 'spaceId'
>

/** The detection that stands for all of them. */
type Exemplar = GrowingState['exemplar']

export class GrowingSighting {
  readonly fixed: SightingFixed
  version = 0
  textPrompt: string | null = null
  /** Unix ms of the newest version. */
  versionedAtMs = 0
  #count = 0
  /** Confidences of its surest looks, the surest first. */
  #surest: number[] = []
  #trackCount = 0
  #lastTrackId = -1
  #firstSeenMs = Infinity
  #lastSeenMs = -Infinity
  #exemplar: Exemplar | null = null
  /** The exemplar's picture, as long as nobody took it. */
  #newCrop: ExemplarPixels | EncodedCrop | null = null
  #labelVotes = new Map<string, number>()
  #colourWeights = new Map<string, number>()
  #colourTotal = 0
  /** Looks of which it is known what was beside it, and how many had each label. */
  #looks = 0
  #besideCounts = new Map<string, number>()
  #path: TimedBox[] = []

  constructor(fixed: SightingFixed) {
    this.fixed = fixed
  }

  get count(): number {
    return this.#count
  }

  /** Confidence that it reached more than by chance: somebody who walks close by a post lends it a sure look or two. */
  get clearConfidence(): number {
    const looks = Math.ceil(this.#count * CLEAR_LOOKS_PART)
    return this.#surest[Math.min(looks, this.#surest.length, CLEAR_LOOKS_MAX) - 1] ?? 0
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

  /** What its exemplar shows, and where in its picture. */
  get shown(): { label: string; bbox: [number, number, number, number] } {
    return { label: this.label, bbox: this.#exemplarOrThrow().bbox }
  }

  /** Over all detections, each weighted by its size: near is clearer than far. */
  get colours(): ColourShare[] {
    return [...this.#colourWeights]
      .map(([name, weight]) => ({ name, share: Math.round((weight / this.#colourTotal) * 100) / 100 }))
      .filter(({ share }) => share >= COLOUR_SHARE_MIN)
      .sort((a, b) => b.share - a.share || a.name.localeCompare(b.name))
      .slice(0, COLOURS_MAX)
  }

  /** Tracks come one after the other: only a sighting that rests is joined by the next. */
  add(hit: GrowingHit, image: RgbImage | null): void {
    this.#count += 1
    this.#surest = [...this.#surest, hit.confidence].toSorted((a, b) => b - a).slice(0, CLEAR_LOOKS_MAX)
    if (hit.trackId !== this.#lastTrackId) this.#trackCount += 1
    this.#lastTrackId = hit.trackId
    this.#firstSeenMs = Math.min(this.#firstSeenMs, hit.tsMs)
    this.#lastSeenMs = Math.max(this.#lastSeenMs, hit.tsMs)
    this.#labelVotes.set(hit.label, (this.#labelVotes.get(hit.label) ?? 0) + hit.confidence)
    const area = hit.bbox[2] * hit.bbox[3]
    if (hit.colours.length > 0) this.#colourTotal += area
    for (const { name, share } of hit.colours)
      this.#colourWeights.set(name, (this.#colourWeights.get(name) ?? 0) + share * area)
    if (hit.beside) this.#looks += 1
    for (const label of hit.beside ?? [])
      this.#besideCounts.set(label, (this.#besideCounts.get(label) ?? 0) + 1)
    this.#path.push({ atMs: hit.tsMs, bbox: hit.bbox })
    if (this.#path.length > PATH_MAX) this.#path = this.#path.filter((_, n) => n === 0 || n % 2 === 1)
    this.#consider(hit, image)
  }

  /** Takes a picture that is not stored yet, as WebP; null when the stored one is still the best. */
  async takeNewCrop(): Promise<EncodedCrop | null> {
    const crop = await this.newCrop()
    this.#newCrop = null
    return crop
  }

  /** The same, and leaves it where it is. */
  async newCrop(): Promise<EncodedCrop | null> {
    if (this.#newCrop && !('sha256' in this.#newCrop)) this.#newCrop = await encodeCrop(this.#newCrop)
    return this.#newCrop
  }

  describe(): ReturnType<typeof describeSighting> {
    const { bbox } = this.#exemplarOrThrow()
    const companions = companionsOf(this.#besideCounts, this.#looks)
    return describeSighting({ label: this.label, colours: this.colours, companions, bbox, path: this.#path })
  }

  /** A full version; `vectorHash` and `mediaSha256` come from what the caller made of `describe` and `takeNewCrop`. */
  toVersion(
    state: Sighting['state'],
    made: { described: ReturnType<typeof describeSighting>; vectorHash: string; mediaSha256: string | null },
  ): Sighting {
    const exemplar = this.#exemplarOrThrow()
    this.version += 1
    return {
      ...this.fixed,
      version: this.version,
      state,
      label: this.label,
      textPrompt: this.textPrompt,
      description: made.described.description,
      attributes: made.described.attributes,
      confidence: exemplar.confidence,
      bbox: exemplar.bbox,
      frameIdx: exemplar.frameIdx,
      detectionId: exemplar.detectionId,
      count: this.#count,
      trackCount: this.#trackCount,
      firstSeenMs: this.#firstSeenMs,
      lastSeenMs: this.#lastSeenMs,
      vectorHash: made.vectorHash,
      mediaSha256: made.mediaSha256,
    }
  }

  /** All that it knows but its picture: one made from it by `from` grows on as this one would. */
  state(): GrowingState {
    return {
      version: this.version,
      textPrompt: this.textPrompt,
      versionedAtMs: this.versionedAtMs,
      count: this.#count,
      surest: [...this.#surest],
      trackCount: this.#trackCount,
      lastTrackId: this.#lastTrackId,
      firstSeenMs: this.#firstSeenMs,
      lastSeenMs: this.#lastSeenMs,
      exemplar: this.#exemplarOrThrow(),
      labelVotes: [...this.#labelVotes],
      colourWeights: [...this.#colourWeights],
      colourTotal: this.#colourTotal,
      looks: this.#looks,
      besideCounts: [...this.#besideCounts],
      path: this.#path.flatMap(({ atMs, bbox }) => [atMs, ...bbox]),
    }
  }

  /** @param newCrop what `newCrop` gave when `state` was taken */
  static from(fixed: SightingFixed, state: GrowingState, newCrop: EncodedCrop | null): GrowingSighting {
    const growing = new GrowingSighting(fixed)
    growing.version = state.version
    growing.textPrompt = state.textPrompt
    growing.versionedAtMs = state.versionedAtMs
    growing.#count = state.count
    growing.#surest = [...state.surest]
    growing.#trackCount = state.trackCount
    growing.#lastTrackId = state.lastTrackId
    growing.#firstSeenMs = state.firstSeenMs
    growing.#lastSeenMs = state.lastSeenMs
    growing.#exemplar = state.exemplar
    growing.#newCrop = newCrop
    growing.#labelVotes = new Map(state.labelVotes)
    growing.#colourWeights = new Map(state.colourWeights)
    growing.#colourTotal = state.colourTotal
    growing.#looks = state.looks
    growing.#besideCounts = new Map(state.besideCounts)
    for (let at = 0; at < state.path.length; at += 5) {
      const [atMs, ...bbox] = state.path.slice(at, at + 5) as [number, number, number, number, number]
      growing.#path.push({ atMs, bbox })
    }
    return growing
  }

  /** The clearest look stands for the sighting; without a picture only until there is one. */
  #consider(hit: GrowingHit, image: RgbImage | null): void {
    const before = this.#exemplar
    if (before && !image) return
    const { detectionId, frameIdx, confidence, bbox } = hit
    const colours = [...hit.colours]
    const plain = image ? plainClarity(hit, image) : 0
    if (image && before?.hasPicture) {
      const look = { plain, colours, fineness: () => finenessOf(image, bbox) }
      const kept = { ...before, fineness: () => before.fineness }
      if (!isClearer(look, kept, { weights: this.#colourWeights, total: this.#colourTotal })) return
    }
    const fineness = image ? finenessOf(image, bbox) : 0
    const hasPicture = image !== null
    this.#exemplar = { detectionId, frameIdx, confidence, bbox, plain, fineness, colours, hasPicture }
    if (image) this.#newCrop = cutOut(image, bbox)
  }

  #exemplarOrThrow(): Exemplar {
    if (!this.#exemplar) throw new Error('a sighting has at least one detection before it is described')
    return this.#exemplar
  }
}

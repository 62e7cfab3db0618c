// Groups of tracks in, what has to change in the store so that they are the sightings out: nothing for what is as it was.
import type { Resembler } from '@sam3-fleet/models/resemble/resembler'
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import type { Sighting, SightingAttributes } from '@sam3-fleet/shared/domain/sighting'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import { partsOfCrop } from '../embed/crop-parts.ts'
import type { GrowingSighting, SightingFixed } from '../embed/growing-sighting.ts'
import type { SightingVersion } from '../store/pipeline-store.ts'
import type { Regrouping, RegroupStore } from '../store/regroup-store.ts'
import { claimId, type Claim, type Joins } from './claim-id.ts'
import type { Exemplar, TrackGroup } from './track-group.ts'

export interface PlanDeps {
  textEncoder: TextEncoder
  resembler: Resembler | null
  store: Pick<RegroupStore, 'crop'>
  newId: () => string
}

export class RegroupPlan {
  readonly #deps: PlanDeps
  readonly #joins: Joins
  readonly #basedOn = new Map<string, number>()
  readonly #moves: Regrouping['moves'][number][] = []
  readonly #versions: SightingVersion[] = []
  readonly #gone: string[] = []
  /** Sightings of all groups so far, changed or not. */
  readonly sightings: Sighting[] = []

  constructor(deps: PlanDeps, joins: Joins) {
    this.#deps = deps
    this.#joins = joins
  }

  /** Every group has at least one track, and no track is in two. */
  async add(group: TrackGroup): Promise<void> {
    const claim = claimId(group.trackIds, this.#joins)
    const [member] = claim.members
    if (!member) return
    if (claim.isUnchanged) {
      this.sightings.push(member.sighting)
      return
    }
    const [namesake, ...others] = claim.living
    const id = namesake?.sighting.id ?? this.#deps.newId()
    for (const { sighting } of claim.members) this.#basedOn.set(sighting.id, sighting.version)
    for (const trackId of group.trackIds)
      if (this.#joins.sightingOf(trackId).sighting.id !== id) this.#moves.push({ trackId, sightingId: id })
    this.#gone.push(...others.map(({ sighting }) => sighting.id))
    const { sourceId, sourceName, videoId, timeOrigin } = member.sighting
    const { spaceId } = this.#deps.textEncoder.space
    const fixed = { id, sourceId, sourceName, videoId, timeOrigin, spaceId }
    const version = await this.#describe(group, claim, fixed)
    this.#versions.push(version)
    this.sightings.push(version.sighting)
  }

  /** Null when all is as it was. */
  regrouping(videoId: string): Regrouping | null {
    if (this.#versions.length === 0) return null
    return {
      videoId,
      basedOn: [...this.#basedOn].map(([id, version]) => ({ id, version })),
      moves: this.#moves,
      versions: this.#versions,
      gone: this.#gone,
    }
  }

  async #describe(group: TrackGroup, claim: Claim, fixed: SightingFixed): Promise<SightingVersion> {
    const exemplar = exemplarOf(group, claim)
    const growing = group.toGrowing(fixed, exemplar, claim.living[0]?.sighting.version ?? 0)
    const described = growing.describe()
    const [vector] = await this.#deps.textEncoder.encode([described.embeddingText])
    const vectorF16 = toF16Bytes(vector as Float32Array)
    const attributes = {
      ...described.attributes,
      ...(await this.#seenIn(exemplar.mediaSha256, growing.shown, claim)),
    }
    const made = {
      described: { ...described, attributes },
      vectorHash: sha256Hex(vectorF16),
      mediaSha256: exemplar.mediaSha256,
    }
    return { sighting: growing.toVersion('closed', made), vectorF16, crop: null }
  }

  /** Of a picture that one of them showed it is known; nothing when nobody looked, or the picture is gone. */
  async #seenIn(
    mediaSha256: string | null,
    shown: GrowingSighting['shown'],
    { members }: Claim,
  ): Promise<Pick<SightingAttributes, 'resembles' | 'parts'>> {
    const { resembler, store } = this.#deps
    const shownBy = members.find(({ sighting }) => sighting.mediaSha256 === mediaSha256)
    const crop = shownBy || mediaSha256 === null ? null : store.crop(mediaSha256)
    const known = shownBy?.sighting.attributes
    const resembles = known?.resembles ?? (crop && resembler ? await resembler.resemblances(crop) : null)
    const parts = known?.parts ?? (crop && (await partsOfCrop(crop, shown)))
    return { ...(resembles ? { resembles } : {}), ...(parts ? { parts } : {}) }
  }
}

/** The picture of the oldest sighting in it stays; else the best crop that was kept of one of its detections. */
function exemplarOf(group: TrackGroup, { living }: Claim): Exemplar {
  const shown = living.find(({ sighting }) => sighting.mediaSha256 !== null)
  if (shown) return shown.sighting
  if (group.best.mediaSha256 !== null) return group.best
  return living[0]?.sighting ?? group.best
}

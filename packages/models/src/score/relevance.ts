// A candidate's cosine, label and colours in, its place in the ranking and its band out. The same on device and
// centre: pure arithmetic, no state. The formula and its reasons: docs/decisions/0004.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type {
  ColourShare,
  Companion,
  PartColours,
  Resemblance,
  SightingAttributes,
} from '@sam3-fleet/shared/domain/sighting'
import type { Band } from '@sam3-fleet/shared/search/band'
import type { ColourAgreement, CompanionAgreement, LabelAgreement } from './agreement.ts'
import { bestBand, colourAgreement, companionAgreement, labelAgreement } from './agreement.ts'
import type { AskedMotion, MotionAgreement } from './asked-motion.ts'
import { askedMotionOf, movementAgreement, placeAgreement } from './asked-motion.ts'
import type { Calibration } from './calibration.ts'
import { zScoreOf } from './calibration.ts'
import type { Likeness } from './likeness.ts'
import { bestBandOf, surenessOf } from './sureness.ts'

export interface Candidate {
  /** Cosine of the query's vector and the candidate's, both in the calibration's space. */
  similarity: number
  interpretation: Interpretation
  labelOfCandidate: string
  coloursOfCandidate: readonly ColourShare[]
  /** When given, asked movements and sides count too; they can only lower a band. */
  motionOfCandidate?: Pick<SightingAttributes, 'movement' | 'place'>
  /** What was seen beside it; absent where nobody looked. */
  companionsOfCandidate?: readonly Companion[] | undefined
  /** What each part of a person has; absent where nobody looked. */
  partsOfCandidate?: readonly PartColours[] | undefined
  /** What its picture resembles; absent where nothing looked. */
  resemblesOfCandidate?: readonly Resemblance[] | undefined
  /** Of its exemplar detection; absent where it is not known. */
  confidenceOfCandidate?: number | undefined
}

export interface Scored {
  /** 0..1, for showing: `rankScore` on another scale. From .75 strong, from .5 likely, from .25 weak. */
  similarity: number
  /** 0..4, to sort by, comparable across queries' spaces: the band first, then the evidence inside it. */
  rankScore: number
  /** null: below the cut, not to be shown. */
  band: Band | null
}

export interface Relevance {
  score(candidate: Candidate): Scored
}

/** In deviations of the background, so that they add to the z-score. */
const LABEL_WEIGHT: Record<LabelAgreement, number> = {
  agrees: 2,
  contradicts: -3.5,
  unseeable: -2.5,
  unasked: 0,
}
const COLOUR_WEIGHT: Record<ColourAgreement, number> = {
  agrees: 1.5,
  partly: 0.5,
  contradicts: -3,
  unmeasured: -0.5,
  unasked: 0,
}

const MOVEMENT_WEIGHT: Record<MotionAgreement, number> = {
  agrees: 1,
  contradicts: -1.5,
  unmeasured: 0,
  unasked: 0,
}
const PLACE_WEIGHT: Record<MotionAgreement, number> = {
  agrees: 0.5,
  contradicts: -0.5,
  unmeasured: 0,
  unasked: 0,
}

const COMPANION_WEIGHT: Record<CompanionAgreement, number> = {
  agrees: 2,
  contradicts: -1,
  unmeasured: 0,
  unasked: 0,
}

/** For each point of likeness: it orders answers inside a band and never makes a better one. */
const LIKENESS_WEIGHT = 2

/** z-scores. An agreeing label needs little more than to be above the background. */
const STRONG_FROM = 0.5
/** A caption with the asked label is rarely below this; one that is says much that was not asked. */
const AGREEING_FROM = -0.5
/** Without a named thing the words alone have to carry it: 1 in 40 of a normal background gets there by accident. */
const UNASKED_LIKELY_FROM = 2
const UNASKED_WEAK_FROM = 1
/** The words name what no detector of ours sees: 1 in 200 by accident, and never more than weak. */
const UNSEEABLE_WEAK_FROM = 2.6
/** Against a contradicting label only words as near as a paraphrase count: the interpretation may be wrong. */
const CONTRADICTED_WEAK_FROM = 3.2

/** Evidence that stands in the middle of its band, and how many deviations move it from .5 to .73 of the band. */
const MIDDLE_EVIDENCE = 2
const EVIDENCE_SPREAD = 1.5
/** Bands never interleave: whatever the evidence, a strong answer stands before every likely one. */
const BAND_RANK: Record<Band, number> = { weak: 1, likely: 2, strong: 3 }
const RANKS = 4

export function createRelevance({
  calibration,
  likeness = () => 0,
}: {
  calibration: Calibration
  likeness?: Likeness
}): Relevance {
  /** One query scores thousands of candidates; its wording is read once. */
  const askedBy = new WeakMap<Interpretation, AskedMotion>()

  function askedIn(interpretation: Interpretation): AskedMotion {
    const known = askedBy.get(interpretation)
    if (known) return known
    const asked = askedMotionOf(interpretation.prompt)
    askedBy.set(interpretation, asked)
    return asked
  }

  return {
    score(candidate) {
      const { similarity, interpretation, labelOfCandidate, coloursOfCandidate, motionOfCandidate } =
        candidate
      const z = zScoreOf(similarity, calibration)
      const label = labelAgreement(interpretation, labelOfCandidate)
      const colour = colourAgreement(interpretation, coloursOfCandidate, candidate.partsOfCandidate)
      const asked = askedIn(interpretation)
      const movement = motionOfCandidate ? movementAgreement(asked, motionOfCandidate.movement) : 'unasked'
      const place = motionOfCandidate ? placeAgreement(asked, motionOfCandidate.place) : 'unasked'
      const companion = companionAgreement(interpretation, candidate.companionsOfCandidate)
      const evidence =
        z +
        LABEL_WEIGHT[label] +
        COLOUR_WEIGHT[colour] +
        MOVEMENT_WEIGHT[movement] +
        PLACE_WEIGHT[place] +
        COMPANION_WEIGHT[companion] +
        LIKENESS_WEIGHT * likeness(candidate.resemblesOfCandidate ?? []) +
        surenessOf(candidate.confidenceOfCandidate)
      const seen = lowered(bandOf(z, label, colour), movement, place, companion)
      const best = atMost(
        bestBand(interpretation, labelOfCandidate),
        bestBandOf(candidate.confidenceOfCandidate),
      )
      const band = seen && atMost(seen, best)
      const within = 1 / (1 + Math.exp(-(evidence - MIDDLE_EVIDENCE) / EVIDENCE_SPREAD))
      const rankScore = (band === null ? 0 : BAND_RANK[band]) + within
      return { similarity: rankScore / RANKS, rankScore, band }
    },
  }
}

function atMost(band: Band, best: Band): Band {
  return BAND_RANK[band] > BAND_RANK[best] ? best : band
}

/**
 * Another movement than asked, or without what is asked to be with it, is weak; a side is where one picture shows it, so
 * another side is still likely.
 */
function lowered(
  band: Band | null,
  movement: MotionAgreement,
  place: MotionAgreement,
  companion: CompanionAgreement,
): Band | null {
  if (band === null) return null
  const isAlone = companion === 'contradicts' || companion === 'unmeasured'
  if (movement === 'contradicts' || isAlone) return 'weak'
  const unsure = movement === 'unmeasured' || place === 'contradicts'
  return band === 'strong' && unsure ? 'likely' : band
}

function bandOf(z: number, label: LabelAgreement, colour: ColourAgreement): Band | null {
  if (label === 'agrees') return bandOfAgreeing(z, colour)
  if (label === 'unasked') return bandOfUnasked(z, colour)
  const from = label === 'unseeable' ? UNSEEABLE_WEAK_FROM : CONTRADICTED_WEAK_FROM
  return z >= from && colour !== 'contradicts' ? 'weak' : null
}

function bandOfAgreeing(z: number, colour: ColourAgreement): Band | null {
  if (z < AGREEING_FROM) return null
  if (colour === 'contradicts') return 'weak'
  if (colour === 'agrees' || colour === 'unasked') return z >= STRONG_FROM ? 'strong' : 'likely'
  return z >= STRONG_FROM ? 'likely' : 'weak'
}

/** No thing is named, so no label can agree: likely at the most. */
function bandOfUnasked(z: number, colour: ColourAgreement): Band | null {
  if (colour === 'contradicts') return null
  if (colour === 'agrees') return z >= UNASKED_WEAK_FROM ? 'likely' : 'weak'
  if (z >= UNASKED_LIKELY_FROM) return 'likely'
  return z >= UNASKED_WEAK_FROM ? 'weak' : null
}

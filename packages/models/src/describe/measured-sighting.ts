// What the words of a description may be made of: nothing but what the detector, tracker and colours measured.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { ColourShare, Companion } from '@sam3-fleet/shared/domain/sighting'

/** Where the object was at one time of its track; `atMs` on any clock, only differences are used. */
export interface TimedBox {
  atMs: number
  bbox: Bbox
}

export interface MeasuredSighting {
  /** As the detector names it. */
  label: string
  colours: readonly ColourShare[]
  /** What was with it in most looks, the most frequent first; absent where nobody looked. */
  companions?: readonly Companion[]
  /** Of the exemplar detection: the box that a person sees. */
  bbox: Bbox
  /** The track from first to last, in order; first and last alone are enough, more tell a turn from standing. */
  path: readonly TimedBox[]
}

/** Which measurement a word of a description comes from; `grammar` words say nothing about the object. */
export type WordOrigin = 'label' | 'colours' | 'companions' | 'size' | 'place' | 'movement' | 'grammar'

export interface DescribedWord {
  word: string
  from: WordOrigin
}

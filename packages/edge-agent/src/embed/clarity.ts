// How clearly a candidate shows its object: by place and size alone, by its colours, and by how fine its picture is.
// Numbers out that only mean something beside those of another candidate of the same sighting.
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { ColourShare } from '@sam3-fleet/shared/domain/sighting'

/** Boxes that end this close to the picture's edge are cut off there. */
const EDGE = 0.004
/** All of a thing says more than a part of it that is several times larger. */
const EDGE_PENALTY = 0.3
/** A box may say "overlap" where only a shoulder is hidden, but half of it is as good as all. */
const HIDDEN_PENALTY = 2
const HIDDEN_LEAST = 0.1
/** What is smaller than this part of the object (bag, ball, tie) is carried, and hides nothing. */
const CARRIED_AREA_PART = 0.25
/** Colours are sometimes misread: not even an object that shares none loses everything. */
const SHARED_LEAST = 0.1
/** Of a look too weak or too small for its colours to be read, in a sighting that has some. */
const SHARED_UNREAD = 0.5
/** Points that are looked at for fineness; more of them say the same. */
const FINENESS_POINTS_MAX = 4_096
/** Added to both energies: blank pictures compare as equal. */
const BLANK_ENERGY = 1
/** Looks at one sharp object differ by less than this factor nine times out of ten; three pixels of blur are more. */
const FINENESS_SAME = 1.15
/** However sharp it is, it gains no more than this by it. */
const FINENESS_GAIN_MAX = 2
/** A new picture must be this much clearer to replace the old one: few changes, few bytes to sync. */
const CLEARER_BY = 1.15

/** One look at an object, as it is compared with another. */
export interface Look {
  /** As `plainClarity` has it. */
  plain: number
  colours: readonly ColourShare[]
  /** As `finenessOf` has it; asked for only when the rest does not decide. */
  fineness: () => number
}

/** Colours of all looks together: the weight of each, and what the weights of one look add up to. */
export interface AllColours {
  weights: ReadonlyMap<string, number>
  total: number
}

/** Whether a look is so much clearer than the one that is kept that it takes its place. */
export function isClearer(look: Look, kept: Look, all: AllColours): boolean {
  const gain =
    (look.plain * sharedColours(look.colours, all)) / (kept.plain * sharedColours(kept.colours, all))
  if (gain * FINENESS_GAIN_MAX < CLEARER_BY) return false
  return gain * finenessGain(look.fineness() / kept.fineness()) >= CLEARER_BY
}

/** 1 for what is about as sharp. */
function finenessGain(ratio: number): number {
  if (ratio < 1) return Math.min(1, ratio * FINENESS_SAME)
  return Math.min(FINENESS_GAIN_MAX, Math.max(1, ratio / FINENESS_SAME))
}

/** Large, sure, whole: needs no look at the pixels. */
export function plainClarity(
  { bbox, confidence, hiddenPart }: { bbox: Bbox; confidence: number; hiddenPart: number },
  image: { width: number; height: number },
): number {
  const side = Math.sqrt(bbox[2] * image.width * bbox[3] * image.height)
  const isCut =
    bbox[0] < EDGE || bbox[1] < EDGE || bbox[0] + bbox[2] > 1 - EDGE || bbox[1] + bbox[3] > 1 - EDGE
  const shown = Math.max(HIDDEN_LEAST, 1 - HIDDEN_PENALTY * hiddenPart)
  // Twice as large is clearer, but not twice as clear.
  return Math.sqrt(side) * confidence * shown * (isCut ? EDGE_PENALTY : 1)
}

/**
 * Part of a box (0..1) that the one other box before it covers most. Of two things that stand on the ground, the one
 * that ends lower in the picture is nearer. @param others may hold the box itself
 */
export function hiddenPart(bbox: Bbox, others: readonly Bbox[]): number {
  const [x, y, w, h] = bbox
  const area = w * h
  let most = 0
  for (const [left, top, width, height] of others) {
    if (top + height <= y + h || width * height < area * CARRIED_AREA_PART) continue
    const across = Math.min(x + w, left + width) - Math.max(x, left)
    const down = Math.min(y + h, top + height) - Math.max(y, top)
    if (across > 0 && down > 0) most = Math.max(most, (across * down) / area)
  }
  return most
}

/**
 * Part of the colours (0..1) that one look shares with all looks together; 1 where no look has any. A sign or a
 * stranger in front of the object shows in it, also where no detector knows what hides it.
 */
export function sharedColours(own: readonly ColourShare[], { weights, total }: AllColours): number {
  if (total === 0) return 1
  if (own.length === 0) return SHARED_UNREAD
  const shared = own.reduce(
    (sum, { name, share }) => sum + Math.min(share, (weights.get(name) ?? 0) / total),
    0,
  )
  return Math.max(SHARED_LEAST, shared)
}

/**
 * Energy of the second differences of brightness over that of the first: falls with blur, and says little of how much
 * pattern there is (a variance of the Laplacian would choose the fence behind somebody). Looked at on a grid of about
 * the same number of points whatever the size.
 */
export function finenessOf(image: RgbImage, bbox: Bbox): number {
  const { points, columns, rows } = gridOf(image, bbox)
  let [first, second] = [BLANK_ENERGY, BLANK_ENERGY]
  for (let row = 1; row < rows - 1; row++) {
    for (let at = row * columns + 1; at < (row + 1) * columns - 1; at++) {
      const here = points[at] as number
      const [right, below] = [points[at + 1] as number, points[at + columns] as number]
      const around = right + below + (points[at - 1] as number) + (points[at - columns] as number)
      first += (right - here) ** 2 + (below - here) ** 2
      second += (4 * here - around) ** 2
    }
  }
  return second / first
}

/** Green, which is most of brightness, at points in even rows and columns; every pixel of what is small. */
function gridOf({ data, width, height }: RgbImage, [x, y, w, h]: Bbox) {
  const [left, top] = [Math.max(0, Math.floor(x * width)), Math.max(0, Math.floor(y * height))]
  const across = Math.min(width, Math.ceil((x + w) * width)) - left
  const down = Math.min(height, Math.ceil((y + h) * height)) - top
  const step = Math.max(1, Math.sqrt((across * down) / FINENESS_POINTS_MAX))
  const [columns, rows] = [Math.floor(across / step), Math.floor(down / step)]
  const points = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row++) {
    const from = (top + Math.floor(row * step)) * width + left
    for (let column = 0; column < columns; column++)
      points[row * columns + column] = data[(from + Math.floor(column * step)) * 3 + 1] as number
  }
  return { points, columns, rows }
}

// A picture and a person's box in, the colours of head, upper and lower body out: what a person wears where. Parts are
// told by where they are in the box, not by their outline.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { BodyPart, PartColours } from '@sam3-fleet/shared/domain/sighting'
import type { RgbImage } from '../image/rgb-image.ts'
import { measureColours } from './measure-colours.ts'

/** Height of a box in its widths from which somebody stands in it, all of him. */
const STANDING_FROM = 1.8

/** Left, top, right and bottom in 0..1 of the box. A head is an eighth of a standing person, the waist half way down. */
type PartOfBox = readonly [left: number, top: number, right: number, bottom: number]
const OF_STANDING: readonly (readonly [BodyPart, PartOfBox])[] = [
  ['head', [0.2, 0, 0.8, 0.16]],
  ['upper', [0, 0.16, 1, 0.52]],
  ['lower', [0, 0.5, 1, 0.92]],
]
/** Who sits or is cut off shows a face above and what he wears there below; where the legs are cannot be told. */
const OF_OTHERS: typeof OF_STANDING = [['upper', [0, 0.35, 1, 1]]]

/** Without the parts that are too small to tell. */
export function measureParts(image: RgbImage, bbox: Bbox): PartColours[] {
  const [x, y, w, h] = bbox
  const isStanding = h * image.height >= STANDING_FROM * w * image.width
  return (isStanding ? OF_STANDING : OF_OTHERS).flatMap(([part, [left, top, right, bottom]]) => {
    const box: Bbox = [x + left * w, y + top * h, (right - left) * w, (bottom - top) * h]
    const colours = measureColours(image, box)
    return colours.length > 0 ? [{ part, colours }] : []
  })
}

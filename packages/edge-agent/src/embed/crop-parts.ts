// The crop of a sighting in, the colours of a person's parts out. What is kept is looked at, so that it comes to the same
// when a join is decided again later.
import sharp from 'sharp'
import { measureParts } from '@sam3-fleet/models/describe/measure-parts'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { PartColours } from '@sam3-fleet/shared/domain/sighting'
import { boxInCrop } from './exemplar.ts'

const PERSON = 'person'

/** @param bbox of the object in its picture @returns null for what is no person */
export async function partsOfCrop(
  crop: Uint8Array,
  { label, bbox }: { label: string; bbox: Bbox },
): Promise<PartColours[] | null> {
  if (label !== PERSON) return null
  const { data, info } = await sharp(crop)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const image = { data: new Uint8Array(data), width: info.width, height: info.height }
  return measureParts(image, boxInCrop(bbox))
}

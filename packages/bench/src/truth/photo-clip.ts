// A photo in, a second of a camera that stands still before it out: devices look at video.
import sharp from 'sharp'
import { writeLosslessClip } from './lossless-clip.ts'

const FPS = 5
/** Enough looks for a track to be sure. */
const FRAMES = 5

export async function writePhotoClip(photoPath: string, clipPath: string): Promise<void> {
  const { data, info } = await sharp(photoPath)
    .rotate()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const picture = { width: info.width, height: info.height, rgb: data }
  await writeLosslessClip(
    clipPath,
    Array.from({ length: FRAMES }, () => picture),
    FPS,
  )
}

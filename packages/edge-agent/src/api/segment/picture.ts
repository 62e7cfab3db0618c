// A picture from anybody: decoded within bounds into what a detector takes, and drawn over with what was found.
import sharp, { type OverlayOptions, type Sharp } from 'sharp'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { letterboxFor, type DetectorFrame, type DetectorInputSize } from '@sam3-fleet/models/image/rgb-image'
import type { RleMask } from '@sam3-fleet/shared/domain/geometry'
import { decodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** Pixels of one picture: a small file may unpack to gigabytes (requirement S14). */
const PIXELS_MAX = 50e6
/** Seconds for one picture; after that libvips gives up. */
const DECODE_TIMEOUT_S = 10
/** Longest side that is worked on. */
const WORKING_SIDE_MAX = 1_920
/** Red, green, blue and how much of it covers the picture. */
const MASK_COLOUR = [0xff, 0xb0, 0x00, 0x73]
/** Formats as sharp names them; what the first bytes promised must also be what the decoder found. */
const FORMATS = new Set(['jpeg', 'png', 'webp', 'heif'])

export interface Picture {
  /** Working size in pixels, after the rotation that the picture asks for. */
  width: number
  height: number
  /** Of the upload itself, after that rotation: what points and boxes refer to. */
  uploaded: { width: number; height: number }
  frame: DetectorFrame
}

/** @throws FleetError UNPROCESSABLE_MEDIA for damaged pictures and for ones beyond the bounds. */
export async function openPicture(bytes: Buffer, size: DetectorInputSize): Promise<Picture> {
  try {
    const { format, autoOrient: uploaded } = await open(bytes).metadata()
    if (!FORMATS.has(format)) throw new FleetError('UNSUPPORTED_MEDIA', `${format} pictures are not accepted`)
    const { data, info } = await open(bytes)
      .resize(WORKING_SIDE_MAX, WORKING_SIDE_MAX, { fit: 'inside', withoutEnlargement: true })
      .flatten()
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height } = info
    const image = { data: new Uint8Array(data), width, height }
    return { width, height, uploaded, frame: { image, ...(await letterbox(data, { width, height }, size)) } }
  } catch (cause) {
    if (cause instanceof FleetError) throw cause
    throw new FleetError('UNPROCESSABLE_MEDIA', 'the picture cannot be decoded within the limits', {
      hint: `Send a whole picture of at most ${PIXELS_MAX / 1e6} million pixels.`,
      cause,
    })
  }
}

/** The picture as PNG with a box and a caption for each object. */
export async function drawOver(
  bytes: Buffer,
  objects: readonly DetectedObject[],
  { width, height }: Pick<Picture, 'width' | 'height'>,
): Promise<Buffer> {
  const shapes = objects.map(({ bbox: [x, y, w, h], label, confidence }) => {
    const [left, top] = [x * width, y * height]
    const caption = escapeXml(`${label} ${Math.round(confidence * 100)} %`)
    return `<rect x="${left}" y="${top}" width="${w * width}" height="${h * height}" fill="none" stroke="#ffb000" stroke-width="2"/>
      <text x="${left + 3}" y="${Math.max(12, top - 4)}" font-family="sans-serif" font-size="13" fill="#ffb000" stroke="#000" stroke-width="2" paint-order="stroke">${caption}</text>`
  })
  const masks = objects.flatMap(({ mask }) => (mask ? [mask] : []))
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`
  return open(bytes)
    .resize(width, height, { fit: 'fill' })
    .composite([...masks.map(tinted), { input: Buffer.from(overlay) }])
    .png()
    .toBuffer()
}

/** The mask as a layer of half-clear colour. */
function tinted(mask: RleMask): OverlayOptions {
  const [height, width] = mask.size
  const layer = Buffer.alloc(width * height * 4)
  for (const [at, value] of decodeMask(mask).entries()) if (value === 1) layer.set(MASK_COLOUR, at * 4)
  return { input: layer, raw: { width, height, channels: 4 } }
}

function open(bytes: Buffer): Sharp {
  return sharp(bytes, { limitInputPixels: PIXELS_MAX, failOn: 'error', pages: 1 })
    .timeout({ seconds: DECODE_TIMEOUT_S })
    .rotate()
}

async function letterbox(
  data: Buffer,
  { width, height }: { width: number; height: number },
  size: DetectorInputSize,
): Promise<Pick<DetectorFrame, 'input' | 'letterbox'>> {
  const fitted = letterboxFor(width, height, size)
  const grey = { r: size.padValue, g: size.padValue, b: size.padValue }
  const input = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(fitted.scaledWidth, fitted.scaledHeight, { fit: 'fill' })
    .extend({
      left: fitted.padX,
      top: fitted.padY,
      right: fitted.inputWidth - fitted.scaledWidth - fitted.padX,
      bottom: fitted.inputHeight - fitted.scaledHeight - fitted.padY,
      background: grey,
    })
    .raw()
    .toBuffer()
  return {
    input: { data: new Uint8Array(input), width: fitted.inputWidth, height: fitted.inputHeight },
    letterbox: { scale: fitted.scale, padX: fitted.padX, padY: fitted.padY },
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

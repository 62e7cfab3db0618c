// One picture in, what the pack sees in it out: as JSON, or drawn over the picture.
import { readFile, rm } from 'node:fs/promises'
import { Router } from 'express'
import sharp, { type Sharp } from 'sharp'
import { z } from 'zod'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import { letterboxFor, type DetectorFrame, type DetectorInputSize } from '@sam3-fleet/models/image/rgb-image'
import { matchPrompt } from '@sam3-fleet/models/prompt/match-prompt'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { sniffFile } from '../../capture/sniff-media.ts'
import { interpretPrompts } from '../../sources/interpret-prompts.ts'
import type { ApiDeps } from '../api-deps.ts'
import { parse } from '../http.ts'
import { receiveUpload } from '../receive-upload.ts'

const IMAGE_BYTES_MAX = 40e6
/** Pixels of one picture: a small file may unpack to gigabytes (requirement S14). */
const IMAGE_PIXELS_MAX = 50e6
/** Longest side that is worked on. */
const WORKING_SIDE_MAX = 1_920
const SAM3_HINT =
  'Load a SAM3 pack (FLEET_MODEL_PACK) for masks from points and boxes; this pack answers "text".'

const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform((text, context): z.infer<T> => {
    try {
      return schema.parse(JSON.parse(text)) as z.infer<T>
    } catch {
      context.addIssue({ code: 'custom', message: 'not the documented JSON' })
      return z.NEVER
    }
  })
const pair = z.tuple([z.number(), z.number()])

export const segmentFieldsSchema = z.object({
  points: json(z.array(pair).max(100)).optional(),
  labels: json(z.array(z.union([z.literal(0), z.literal(1)])).max(100)).optional(),
  boxes: json(z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])).max(100)).optional(),
  text: z.string().trim().min(1).max(400).optional(),
  confidence_threshold: z.coerce.number().min(0).max(1).optional(),
})

export function segmentRoutes(deps: ApiDeps): Router {
  const router = Router()
  router.post(['/segment', '/api/v1/segment'], async (request, response) => {
    const { format } = parse(z.object({ format: z.enum(['json', 'image']).default('json') }), request.query)
    const upload = await receiveUpload(request, {
      fieldName: 'image',
      dir: deps.uploadsDir,
      maxBytes: IMAGE_BYTES_MAX,
      newId: deps.newId,
    })
    try {
      const fields = parse(segmentFieldsSchema, { ...upload.fields })
      if (fields.points || fields.boxes) {
        throw new FleetError(
          'NOT_SUPPORTED_BY_PACK',
          `the pack ${deps.pack.id} makes no masks from points and boxes`,
          { hint: SAM3_HINT },
        )
      }
      if ((await sniffFile(upload.path))?.type !== 'image') {
        throw new FleetError('UNSUPPORTED_MEDIA', 'the file is not a picture that is accepted', {
          hint: 'JPEG, PNG, WebP and AVIF are.',
        })
      }
      const picture = await readFile(upload.path)
      const { frame, width, height } = await toFrame(picture, deps.detector.inputSize)
      const prompts = await interpretPrompts(fields.text === undefined ? [] : [fields.text], {
        interpreter: deps.interpreter,
        labels: deps.detector.labels,
      })
      const { objects } = await deps.detector.detect(frame, {
        minConfidence: fields.confidence_threshold ?? deps.thresholds.track,
      })
      const wanted = objects.filter(
        (object) =>
          prompts === null || prompts.some(({ interpretation }) => matchPrompt(interpretation, object)),
      )
      if (format === 'image') {
        response.type('image/png').send(await drawOver(picture, wanted, { width, height }))
        return
      }
      response.json({
        width,
        height,
        method: 'detector',
        interpretation: prompts?.[0]?.interpretation ?? null,
        objects: wanted.map(({ label, confidence, bbox, mask, colours }) => ({
          label,
          confidence,
          bbox,
          mask,
          colours,
        })),
      })
    } finally {
      await rm(upload.path, { force: true })
    }
  })
  return router
}

function open(picture: Buffer): Sharp {
  return sharp(picture, { limitInputPixels: IMAGE_PIXELS_MAX, failOn: 'error', pages: 1 }).rotate()
}

async function toFrame(
  picture: Buffer,
  size: DetectorInputSize,
): Promise<{ frame: DetectorFrame; width: number; height: number }> {
  try {
    const { data, info } = await open(picture)
      .resize(WORKING_SIDE_MAX, WORKING_SIDE_MAX, { fit: 'inside', withoutEnlargement: true })
      .flatten()
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height } = info
    const fitted = letterboxFor(width, height, size)
    const grey = { r: size.padValue, g: size.padValue, b: size.padValue }
    const input = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(fitted.scaledWidth, fitted.scaledHeight, { fit: 'fill' })
      .extend({
        left: fitted.padX,
        top: fitted.padY,
        right: size.width - fitted.scaledWidth - fitted.padX,
        bottom: size.height - fitted.scaledHeight - fitted.padY,
        background: grey,
      })
      .raw()
      .toBuffer()
    const letterbox = { scale: fitted.scale, padX: fitted.padX, padY: fitted.padY }
    return {
      width,
      height,
      frame: {
        image: { data: new Uint8Array(data), width, height },
        input: { data: new Uint8Array(input), width: size.width, height: size.height },
        letterbox,
      },
    }
  } catch (cause) {
    throw new FleetError('UNPROCESSABLE_MEDIA', 'the picture cannot be decoded within the limits', {
      hint: `Send a whole picture of at most ${IMAGE_PIXELS_MAX / 1e6} million pixels.`,
      cause,
    })
  }
}

async function drawOver(
  picture: Buffer,
  objects: DetectedObject[],
  { width, height }: { width: number; height: number },
): Promise<Buffer> {
  const shapes = objects.map(({ bbox: [x, y, w, h], label, confidence }) => {
    const [left, top] = [x * width, y * height]
    const text = `${label} ${Math.round(confidence * 100)} %`
    return `<rect x="${left}" y="${top}" width="${w * width}" height="${h * height}" fill="none" stroke="#ffb000" stroke-width="2"/>
      <text x="${left + 3}" y="${Math.max(12, top - 4)}" font-family="sans-serif" font-size="13" fill="#ffb000" stroke="#000" stroke-width="2" paint-order="stroke">${text}</text>`
  })
  const overlay = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`,
  )
  return open(picture)
    .resize(width, height, { fit: 'fill' })
    .composite([{ input: overlay }])
    .png()
    .toBuffer()
}

// One picture in, what the pack sees in it out: as JSON, or drawn over the picture.
import { readFile, rm } from 'node:fs/promises'
import { Router } from 'express'
import type { z } from 'zod'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import type { DetectorFrame, RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { SegmentHint } from '@sam3-fleet/models/segment/segmenter'
import { iou } from '@sam3-fleet/shared/domain/geometry'
import { matchPrompt } from '@sam3-fleet/models/prompt/match-prompt'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { sniffFile } from '../../capture/sniff-media.ts'
import { interpretPrompts } from '../../sources/interpret-prompts.ts'
import type { ApiDeps } from '../api-deps.ts'
import { parse } from '../http.ts'
import { receiveUpload } from '../receive-upload.ts'
import { createUploadGate } from '../upload-gate.ts'
import { hintsOf, withBoxOf } from './hints.ts'
import { drawOver, openPicture } from './picture.ts'
import { segmentFieldsSchema, segmentQuerySchema, type segmentAnswerSchema } from './schema.ts'

const IMAGE_BYTES_MAX = 40e6
/** Pictures at once: each may hold 150 MB while it is decoded. */
const PICTURES_MAX = 2

/** Overlap from which a mask and a detected box are taken for the same object. */
const SAME_OBJECT_OVERLAP = 0.5

type Fields = z.infer<typeof segmentFieldsSchema>
type Answer = z.infer<typeof segmentAnswerSchema>

export function segmentRoute(deps: ApiDeps): Router {
  const gate = createUploadGate(PICTURES_MAX)
  return Router().post(['/segment', '/api/v1/segment'], async (request, response) => {
    const { format } = parse(segmentQuerySchema, request.query)
    await gate.pass(async () => {
      const upload = await receiveUpload(request, {
        fieldName: 'image',
        dir: deps.uploadsDir,
        maxBytes: IMAGE_BYTES_MAX,
        newId: deps.newId,
      })
      try {
        const fields = parse(segmentFieldsSchema, { ...upload.fields })
        const bytes = await readPicture(upload.path)
        const { answer, objects } = await look(deps, bytes, fields)
        if (format === 'json') response.json(answer)
        else response.type('image/png').send(await drawOver(bytes, objects, answer))
      } finally {
        await rm(upload.path, { force: true })
      }
    })
  })
}

async function readPicture(path: string): Promise<Buffer> {
  if ((await sniffFile(path))?.type === 'image') return readFile(path)
  throw new FleetError('UNSUPPORTED_MEDIA', 'the file is not a picture that is accepted', {
    hint: 'JPEG, PNG, WebP and AVIF are.',
  })
}

interface Found {
  answer: Answer
  objects: DetectedObject[]
}

async function look(deps: ApiDeps, bytes: Buffer, fields: Fields): Promise<Found> {
  const { detector, interpreter } = deps
  const wishes = fields.text === undefined ? [] : [fields.text]
  const prompts = await interpretPrompts(wishes, { interpreter, labels: detector.labels })
  const { frame, width, height, uploaded } = await openPicture(bytes, detector.inputSize)
  const hints = fields.points || fields.boxes ? hintsOf(fields, uploaded) : null
  const { image, objects: seen } = await see(deps, { frame, hints, fields, prompts })
  const objects = hints ? await cutOut(deps, { image, hints, seen }) : seen
  const answer: Answer = {
    width,
    height,
    method: hints ? deps.segmenter.method : detector.takesPrompts ? 'model' : 'detector',
    interpretation: prompts?.[0]?.interpretation ?? null,
    objects: objects.map(({ label, confidence, bbox, mask, colours }) => ({
      label,
      confidence,
      bbox,
      mask,
      colours,
    })),
  }
  return { answer, objects }
}

interface Looking {
  frame: DetectorFrame
  hints: SegmentHint[] | null
  fields: Fields
  prompts: Awaited<ReturnType<typeof interpretPrompts>>
}

/** What is asked for in words; a model that takes words has nothing to look for where only points and boxes are given. */
async function see(
  { detector, thresholds }: ApiDeps,
  { frame, hints, fields, prompts }: Looking,
): Promise<{ image: RgbImage; objects: DetectedObject[] }> {
  if (detector.takesPrompts && hints && prompts === null) return { image: frame.image, objects: [] }
  const minConfidence = fields.confidence_threshold ?? thresholds.track
  const { image, objects } = await detector.detect(frame, {
    minConfidence,
    prompts: prompts?.map(({ text }) => text),
  })
  const wanted = objects.filter(
    (object) => prompts === null || prompts.some(({ interpretation }) => matchPrompt(interpretation, object)),
  )
  return { image, objects: wanted }
}

/** A mask for each hint, named after what is seen in the same place. */
async function cutOut(
  { segmenter }: ApiDeps,
  { image, hints, seen }: { image: RgbImage; hints: SegmentHint[]; seen: DetectedObject[] },
): Promise<DetectedObject[]> {
  // The classical method needs a box; a model knows how large what it is pointed at is.
  const asked = segmenter.method === 'model' ? hints : hints.map((hint) => withBoxOf(hint, seen))
  const segments = await segmenter.segment(image, asked)
  return segments.map(({ bbox, mask, confidence }) => {
    const alike = seen.map((object) => ({ object, overlap: iou(object.bbox, bbox) }))
    const best = alike.toSorted((a, b) => b.overlap - a.overlap)[0]
    const same = best && best.overlap >= SAME_OBJECT_OVERLAP ? best.object : null
    return { label: same?.label ?? 'object', confidence, bbox, mask, colours: same?.colours ?? [] }
  })
}

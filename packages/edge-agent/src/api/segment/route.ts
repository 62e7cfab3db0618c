// One picture in, what the pack sees in it out: as JSON, or drawn over the picture.
import { readFile, rm } from 'node:fs/promises'
import { Router } from 'express'
import type { z } from 'zod'
import { matchPrompt } from '@sam3-fleet/models/prompt/match-prompt'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { sniffFile } from '../../capture/sniff-media.ts'
import { interpretPrompts } from '../../sources/interpret-prompts.ts'
import type { ApiDeps } from '../api-deps.ts'
import { parse } from '../http.ts'
import { receiveUpload } from '../receive-upload.ts'
import { createUploadGate } from '../upload-gate.ts'
import { drawOver, openPicture } from './picture.ts'
import { segmentFieldsSchema, segmentQuerySchema, type segmentAnswerSchema } from './schema.ts'

const IMAGE_BYTES_MAX = 40e6
/** Pictures at once: each may hold 150 MB while it is decoded. */
const PICTURES_MAX = 2

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
        refuseHints(deps, fields)
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

function refuseHints({ pack }: ApiDeps, { points, boxes }: Fields): void {
  if (!points && !boxes) return
  throw new FleetError('NOT_SUPPORTED_BY_PACK', `the pack ${pack.id} makes no masks from points and boxes`, {
    hint: 'Load a SAM3 pack (FLEET_MODEL_PACK) for masks from points and boxes; this pack answers "text".',
  })
}

async function readPicture(path: string): Promise<Buffer> {
  if ((await sniffFile(path))?.type === 'image') return readFile(path)
  throw new FleetError('UNSUPPORTED_MEDIA', 'the file is not a picture that is accepted', {
    hint: 'JPEG, PNG, WebP and AVIF are.',
  })
}

async function look({ detector, interpreter, thresholds }: ApiDeps, bytes: Buffer, fields: Fields) {
  const wishes = fields.text === undefined ? [] : [fields.text]
  const prompts = await interpretPrompts(wishes, { interpreter, labels: detector.labels })
  const { frame, width, height } = await openPicture(bytes, detector.inputSize)
  const minConfidence = fields.confidence_threshold ?? thresholds.track
  const seen = (await detector.detect(frame, { minConfidence })).objects
  const objects = seen.filter(
    (object) => prompts === null || prompts.some(({ interpretation }) => matchPrompt(interpretation, object)),
  )
  const answer: Answer = {
    width,
    height,
    method: 'detector',
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

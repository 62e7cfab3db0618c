// Export: pages of detections by a keyset cursor, so that a federation or a notebook can go on where it stopped, or
// one file with all that the centre lacks. The cursor comes with every page that holds something; a link to the next
// one only when there may be more now.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router, type Response } from 'express'
import type { z } from 'zod'
import { BATCH_FILE_TYPE } from '@sam3-fleet/shared/protocol/batch-file'
import type { ApiDeps } from '../api-deps.ts'
import { parse } from '../http.ts'
import { exportWriters, type ExportPage } from './export-formats.ts'
import { fleetBatches } from './fleet-export.ts'
import { exportQuerySchema, type PageFormat } from './schema.ts'

type ExportDeps = Pick<ApiDeps, 'readers' | 'deviceId' | 'videos' | 'outbox' | 'newId'>
type PageQuery = Omit<z.infer<typeof exportQuerySchema>, 'format'> & { format: PageFormat }

export function exportRoute(deps: ExportDeps): Router {
  return Router().get('/api/v1/export', async (request, response) => {
    const { format, ...rest } = parse(exportQuerySchema, request.query)
    if (format === 'fleet') await sendFile(deps, response)
    else sendPage(deps, { format, ...rest }, response)
  })
}

/** Batch by batch, as fast as the receiver takes them. */
async function sendFile(deps: ExportDeps, response: Response): Promise<void> {
  response.attachment(`${deps.deviceId}.fleet`).type(BATCH_FILE_TYPE)
  await pipeline(Readable.from(fleetBatches(deps)), response)
}

function sendPage(deps: ExportDeps, { format, cursor, limit }: PageQuery, response: Response): void {
  const detections = deps.readers.detectionsAfter(Number(cursor), limit)
  const last = detections.at(-1)
  if (last) response.set('X-Next-Cursor', String(last.detectionId))
  if (last && detections.length === limit) {
    const next = `/api/v1/export?format=${format}&limit=${limit}&cursor=${last.detectionId}`
    response.set('Link', `<${next}>; rel="next"`)
  }
  const { contentType, write } = exportWriters[format]
  const page: ExportPage = { deviceId: deps.deviceId, detections, sizeOf: sizesOf(deps) }
  response.type(contentType).send(write(page))
}

/** Size of a video's frames; one look into the store for each video of a page. */
function sizesOf({ videos }: ExportDeps): ExportPage['sizeOf'] {
  const known = new Map<string, { width: number; height: number }>()
  return (videoId) => {
    const video = known.get(videoId) ?? videos.video(videoId)
    const size = { width: video?.width ?? 1, height: video?.height ?? 1 }
    known.set(videoId, size)
    return size
  }
}

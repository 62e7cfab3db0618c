// Export: pages of detections by a keyset cursor, so that a federation or a notebook can go on where it stopped.
import { Router } from 'express'
import { z } from 'zod'
import type { VideoStore } from '../../store/video-store.ts'
import type { ApiDeps } from '../api-deps.ts'
import { EXPORT_FORMATS, exportWriters } from '../export/export-formats.ts'
import { parse } from '../http.ts'

const PAGE_DEFAULT = 1_000
const PAGE_MAX = 10_000

export const exportQuerySchema = z.object({
  format: z.enum(EXPORT_FORMATS).default('ndjson'),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'a cursor of an earlier page')
    .default('0'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
})

export function exportRoutes(deps: ApiDeps, videos: Pick<VideoStore, 'video'>): Router {
  const router = Router()
  router.get('/api/v1/export', (request, response) => {
    const { format, cursor, limit } = parse(exportQuerySchema, request.query)
    const detections = deps.readers.detectionsAfter(Number(cursor), limit)
    const sizes = new Map<string, { width: number; height: number }>()
    const sizeOf = (videoId: string): { width: number; height: number } => {
      const known = sizes.get(videoId)
      if (known) return known
      const video = videos.video(videoId)
      const size = { width: video?.width ?? 1, height: video?.height ?? 1 }
      sizes.set(videoId, size)
      return size
    }
    const last = detections.at(-1)
    if (last && detections.length === limit) {
      const next = `/api/v1/export?format=${format}&limit=${limit}&cursor=${last.detectionId}`
      response.set({ 'X-Next-Cursor': String(last.detectionId), Link: `<${next}>; rel="next"` })
    }
    const { contentType, write } = exportWriters[format]
    response.type(contentType).send(write({ deviceId: deps.deviceId, detections, sizeOf }))
  })
  return router
}

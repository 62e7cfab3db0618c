// Export: pages of detections by a keyset cursor, so that a federation or a notebook can go on where it stopped. The
// cursor comes with every page that holds something; a link to the next one only when there may be more now.
import { Router } from 'express'
import type { VideoStore } from '../../store/video-store.ts'
import type { ApiDeps } from '../api-deps.ts'
import { parse } from '../http.ts'
import { exportWriters } from './export-formats.ts'
import { exportQuerySchema } from './schema.ts'

export function exportRoute(
  deps: Pick<ApiDeps, 'readers' | 'deviceId'>,
  videos: Pick<VideoStore, 'video'>,
): Router {
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
    if (last) response.set('X-Next-Cursor', String(last.detectionId))
    if (last && detections.length === limit) {
      const next = `/api/v1/export?format=${format}&limit=${limit}&cursor=${last.detectionId}`
      response.set('Link', `<${next}>; rel="next"`)
    }
    const { contentType, write } = exportWriters[format]
    response.type(contentType).send(write({ deviceId: deps.deviceId, detections, sizeOf }))
  })
  return router
}

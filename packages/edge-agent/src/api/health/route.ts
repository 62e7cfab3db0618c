// Health, status and metrics of this device.
import { Router } from 'express'
import type { z } from 'zod'
import type { ApiDeps } from '../api-deps.ts'
import type { healthSchema, statsSchema } from './schema.ts'

/** Open to everybody, also while the rest asks for a token; asks the database nothing, so that nobody can wear it out. */
export function healthRoute(deps: ApiDeps): Router {
  return Router().get('/health', (_request, response) => {
    const { kind, reason } = deps.indexState()
    const isPaused = deps.isDiskPaused()
    response.json({
      status: isPaused ? 'paused' : 'ok',
      version: deps.version,
      pack: deps.pack,
      index: { kind, reason },
      disk_paused: isPaused,
      rate: deps.board.governed(),
      uptime_s: Math.round(deps.uptimeS()),
    } satisfies z.infer<typeof healthSchema>)
  })
}

export function statusRoutes(deps: ApiDeps): Router {
  const router = Router()
  router.get('/stats', async (_request, response) => {
    response.json({
      device_id: deps.deviceId,
      name: deps.deviceName,
      index: deps.indexState(),
      board: deps.board.reading(),
      rate: deps.board.governed(),
      ...(await deps.readStatus()),
    } satisfies z.infer<typeof statsSchema>)
  })
  router.get('/metrics', async (_request, response) => {
    response.type(deps.metrics.contentType).send(await deps.metrics.metrics())
  })
  return router
}

// Health, status and metrics of this device.
import { Router } from 'express'
import type { ApiDeps } from '../api-deps.ts'

/** Open to everybody: whether it lives and with what, nothing of what it saw. */
export function healthRoutes(deps: ApiDeps): Router {
  const router = Router()
  router.get('/health', async (_request, response) => {
    const status = await deps.readStatus()
    const { kind, reason } = deps.indexState()
    response.json({
      status: status.disk.paused ? 'paused' : 'ok',
      version: deps.version,
      pack: deps.pack,
      index: { kind, reason },
      disk_paused: status.disk.paused,
      uptime_s: Math.round(status.uptimeS),
      warnings: status.warnings,
    })
  })
  return router
}

export function statusRoutes(deps: ApiDeps): Router {
  const router = Router()
  router.get('/stats', async (_request, response) => {
    const status = await deps.readStatus()
    response.json({ device_id: deps.deviceId, name: deps.deviceName, index: deps.indexState(), ...status })
  })
  router.get('/metrics', async (_request, response) => {
    response.type(deps.metrics.contentType).send(await deps.metrics.metrics())
  })
  return router
}

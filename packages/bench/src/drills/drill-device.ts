// What the drills ask of a device over its REST API.
import { z } from 'zod'

const statsSchema = z.looseObject({
  sync: z.looseObject({
    maxSeq: z.number(),
    ackedHwm: z.number(),
    backlogEntries: z.number(),
    sentEntries: z.number(),
    resentBatches: z.number(),
  }),
  sources: z.array(z.looseObject({ id: z.string(), state: z.string(), lastFrameMs: z.number().nullable() })),
  totals: z.looseObject({ detections: z.number(), sightings: z.number() }),
  pipeline: z.looseObject({ framesDropped: z.number() }),
})
export type DrillStats = z.infer<typeof statsSchema>

/** Whether a source still has frames to bring. */
export function isAtWork(source: { state: string }): boolean {
  return source.state !== 'finished' && source.state !== 'failed'
}

const REQUEST_TIMEOUT_MS = 5_000

export async function addSource(
  deviceUrl: string,
  source: { name: string; uri: string; detect_fps?: number },
): Promise<string> {
  const response = await fetch(`${deviceUrl}/api/v1/sources`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(source),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  return z.object({ id: z.string() }).parse(await response.json()).id
}

/** Null while the device is down. */
export async function readStats(deviceUrl: string): Promise<DrillStats | null> {
  const response = await fetch(`${deviceUrl}/stats`, {
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  }).catch(() => null)
  return response?.ok ? statsSchema.parse(await response.json()) : null
}

const sourcesSchema = z.object({
  sources: z.array(
    z.looseObject({ id: z.string(), name: z.string(), state: z.string(), state_detail: z.string() }),
  ),
})
export type DrillSource = z.infer<typeof sourcesSchema>['sources'][number]

export async function readSources(deviceUrl: string): Promise<DrillSource[]> {
  const response = await fetch(`${deviceUrl}/api/v1/sources`, {
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  return sourcesSchema.parse(await response.json()).sources
}

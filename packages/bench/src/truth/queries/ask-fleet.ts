// The files of the truth set through a real device and a real centre, then every query asked of both: what each showed.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createTRPCClient, httpLink } from '@trpc/client'
import { z } from 'zod'
import type { AppRouter } from '@sam3-fleet/aggregator/api/router'
import type { Band } from '@sam3-fleet/shared/search/band'
import { bandSchema } from '@sam3-fleet/shared/search/band'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { addSource, isAtWork, readStats } from '../../drills/drill-device.ts'
import { startFleetOfOne } from '../../drills/fleet-of-one.ts'
import { readShownThings, type DescribedThing } from './shown-things.ts'

const DETECT_FPS = 5
/** Results that a person might scroll through. */
const RESULTS_MAX = 50
const DONE_DEADLINE_MS = 15 * 60_000
const CLIPS = ['vtest.avi', 'bikes.mp4', 'carphone_pristine.mp4', 'bigbuckbunny.mp4'] as const

export interface ShownResult {
  sightingId: string
  description: string
  band: Band
}

export interface FleetAnswers {
  /** By query; best first. */
  centre: ReadonlyMap<string, readonly ShownResult[]>
  device: ReadonlyMap<string, readonly ShownResult[]>
  /** All that the device found, by sighting. */
  things: ReadonlyMap<string, DescribedThing>
}

export interface AskFleetOptions {
  packagesDir: string
  mediaDir: string
  photosDir: string
  queries: readonly string[]
  onStep: (text: string) => void
}

export async function askFleet(options: AskFleetOptions): Promise<FleetAnswers> {
  await using fleet = await startFleetOfOne({ packagesDir: options.packagesDir, stack: 'embedded' })
  for (const clip of CLIPS) await addFile(fleet.deviceUrl, clip, join(options.mediaDir, clip))
  for (const photo of await readdir(options.photosDir))
    await addFile(fleet.deviceUrl, photo, join(options.photosDir, photo))
  options.onStep('a device works the clips and photos through')
  await waitUntil('all files to be worked through and synced', () => isSettled(fleet.deviceUrl), {
    deadlineMs: DONE_DEADLINE_MS,
    intervalMs: 500,
  })
  options.onStep(`${options.queries.length} queries are asked`)
  const centre = await askEach(options.queries, (q) => askCentre(fleet.centreUrl, q))
  const device = await askEach(options.queries, (q) => askDevice(fleet.deviceUrl, q))
  await fleet.device.stop()
  return { centre, device, things: readShownThings(fleet.devicePath) }
}

async function addFile(deviceUrl: string, name: string, uri: string): Promise<void> {
  await addSource(deviceUrl, { name, uri, detect_fps: DETECT_FPS })
}

async function isSettled(deviceUrl: string): Promise<boolean> {
  const stats = await readStats(deviceUrl)
  if (!stats || stats.sources.some(isAtWork)) return false
  return stats.sync.backlogEntries === 0 && stats.sync.ackedHwm === stats.sync.maxSeq
}

async function askEach(
  queries: readonly string[],
  ask: (q: string) => Promise<ShownResult[]>,
): Promise<Map<string, ShownResult[]>> {
  const answers = new Map<string, ShownResult[]>()
  for (const q of queries) answers.set(q, await ask(q))
  return answers
}

async function askCentre(centreUrl: string, q: string): Promise<ShownResult[]> {
  const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${centreUrl}/trpc` })] })
  const { results } = await client.search.find.query({ q, limit: RESULTS_MAX })
  return results.map(({ sightingId, description, band }) => ({
    sightingId,
    description,
    band: bandSchema.parse(band),
  }))
}

const deviceAnswerSchema = z.object({
  results: z.array(z.looseObject({ sighting_id: z.string(), description: z.string(), band: bandSchema })),
})

async function askDevice(deviceUrl: string, q: string): Promise<ShownResult[]> {
  const response = await fetch(
    `${deviceUrl}/api/v1/search?${new URLSearchParams({ q, limit: String(RESULTS_MAX) }).toString()}`,
  )
  const { results } = deviceAnswerSchema.parse(await response.json())
  return results.map(({ sighting_id: sightingId, description, band }) => ({ sightingId, description, band }))
}

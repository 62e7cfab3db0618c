import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { spawnService, type Service } from '@sam3-fleet/test-kit/spawn-service'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { formOf } from './testing/test-agent.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const TOKEN = 'canary-token-0123456789'
/** Milliseconds for one step of a life, its start above all; a test has several. */
const DEADLINE_MS = 150_000
const LIVES_MAX_MS = 600_000

interface Life {
  process: Service
  ask: <T = Record<string, unknown>>(path: string, init?: RequestInit) => Promise<T>
}

async function startLife(dataDir: string): Promise<Life> {
  const process_ = await spawnService({
    name: 'agent',
    command: process.execPath,
    args: ['--conditions=source', MAIN],
    env: {
      FLEET_DATA_DIR: dataDir,
      FLEET_API_TOKEN: TOKEN,
      FLEET_LOG_LEVEL: 'debug',
      FLEET_ENROL_TOKEN: 'canary-enrol-token',
      // Nobody listens there: the device must work all the same.
      FLEET_CENTRE_URL: 'http://127.0.0.1:9',
      API_HOST: '127.0.0.1',
      API_PORT: '0',
    },
    ready: /is ready at/,
    readyDeadlineMs: DEADLINE_MS,
  })
  const [, url] = await process_.waitForLine(/is ready at (http:\/\/[0-9.:]+)/)
  return {
    process: process_,
    ask: async <T>(path: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${TOKEN}`)
      const response = await fetch(`${url}${path}`, { ...init, headers })
      return (await response.json()) as T
    },
  }
}

describe('the agent as a process', { timeout: LIVES_MAX_MS }, () => {
  test('killed in the middle of a job it goes on where it was, and does no frame twice', async () => {
    await using dir = await createTempDir('process')
    const first = await startLife(dir.path)
    const { job_id: id } = await first.ask<{ job_id: string }>(
      '/api/v1/detect',
      await formOf('file', clipPath('bikes.mp4')),
    )
    await waitUntil(
      'some of the job to be done',
      async () => Number((await first.ask(`/api/v1/jobs/${id}`))['frames_done']) > 40,
      { deadlineMs: DEADLINE_MS },
    )
    const { device_id: deviceId } = await first.ask('/stats')
    await first.process.kill9()

    const second = await startLife(dir.path)
    await using _second = second.process
    const job = await waitUntil(
      'the job to end',
      async () => {
        const state = await second.ask(`/api/v1/jobs/${id}`)
        return state['status'] === 'completed' ? state : null
      },
      { deadlineMs: DEADLINE_MS },
    )
    expect((await second.ask('/stats'))['device_id']).toBe(deviceId)
    const { annotations } = await second.ask<{
      annotations: { id: number; image_id: number; track_id: number }[]
    }>('/api/v1/export?format=coco')
    expect(annotations.length).toBe(job['detections'])
    const places = annotations.map(({ image_id: image, track_id: track }) => `${image}/${track}`)
    expect(new Set(places).size).toBe(places.length)
    const { results } = await second.ask<{ results: { state: string }[] }>('/api/v1/search?limit=200')
    expect(results.length).toBe(job['sightings'])
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['closed']))
    expect(await second.process.stop()).toEqual({ code: 0, signal: null })
  })

  test('works alone while its centre is away, stops when asked, and never tells a secret', async () => {
    await using dir = await createTempDir('process')
    const life = await startLife(dir.path)
    await using _life = life.process
    const source = { name: 'gate', uri: 'rtsp://canary-user:canary-password@127.0.0.1:9/live' }
    await life.ask('/api/v1/sources', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(source),
    })
    const told = await waitUntil('the camera and the centre to be missed', async () => {
      const stats = await life.ask<{ sync: { lastError: string }; sources: { state: string }[] }>('/stats')
      const isMissed =
        stats.sources[0]?.state === 'reconnecting' && stats.sync.lastError.includes('cannot be reached')
      return isMissed ? JSON.stringify(stats) : null
    })
    expect(await life.process.stop()).toEqual({ code: 0, signal: null })
    expect(`${told}\n${life.process.log.text()}`).not.toMatch(/canary/)
  })

  test('a setting that is wrong ends it with what to do', async () => {
    const started = spawnService({
      name: 'agent',
      command: process.execPath,
      args: ['--conditions=source', MAIN],
      env: { API_HOST: '0.0.0.0', FLEET_API_TOKEN: undefined },
      ready: /is ready at/,
    })
    await expect(started).rejects.toThrow(/exit 1[^]*Set FLEET_API_TOKEN/)
  })
})

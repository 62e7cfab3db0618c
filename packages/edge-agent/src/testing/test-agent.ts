// A whole agent in this process with the default pack, a folder of its own and a port that nobody else has.
import { openAsBlob } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { createAgent } from '../agent.ts'
import { readEdgeConfig } from '../config/edge-config.ts'

/** Milliseconds for a job over a clip of ten seconds on two busy cores. */
const JOB_DEADLINE_MS = 90_000

export interface Answer<T> {
  status: number
  headers: Headers
  body: T
}

export interface TestAgent extends AsyncDisposable {
  readonly url: string
  readonly deviceId: string
  readonly dataDir: string
  /** Asks with the agent's token, if it has one; the body is what JSON says. */
  ask<T = Record<string, unknown>>(path: string, init?: RequestInit): Promise<Answer<T>>
  /** Names of the files that uploads have left. */
  uploads(): Promise<string[]>
}

export async function startTestAgent(env: Record<string, string> = {}): Promise<TestAgent> {
  const dir = await createTempDir('agent')
  const agent = await createAgent(
    readEdgeConfig({
      FLEET_DATA_DIR: dir.path,
      FLEET_DEVICE_ID: 'gate-0001',
      FLEET_DEVICE_NAME: 'Gate',
      FLEET_LOG_LEVEL: 'error',
      API_HOST: '127.0.0.1',
      API_PORT: '0',
      ...env,
    }),
  )
  const stop = new AbortController()
  const running = agent.run(stop.signal)
  const headers: Record<string, string> = env['FLEET_API_TOKEN']
    ? { authorization: `Bearer ${env['FLEET_API_TOKEN']}` }
    : {}
  return {
    url: agent.url,
    deviceId: agent.deviceId,
    dataDir: dir.path,
    async ask<T>(path: string, init: RequestInit = {}) {
      const response = await fetch(`${agent.url}${path}`, {
        ...init,
        headers: { ...headers, ...(init.headers as Record<string, string>) },
      })
      const text = await response.text()
      const body = (text === '' ? null : JSON.parse(text)) as T
      return { status: response.status, headers: response.headers, body }
    },
    uploads: () => readdir(join(dir.path, 'uploads')).catch(() => []),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the test is over'))
      await running
      await dir[Symbol.asyncDispose]()
    },
  }
}

/** A form with a file from the disk and text fields beside it. */
export async function formOf(
  field: string,
  path: string,
  fields: Record<string, string> = {},
): Promise<RequestInit> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set(field, await openAsBlob(path), path.split('/').at(-1))
  return { method: 'POST', body: form }
}

/** A form whose file is made of these bytes. */
export function formOfBytes(field: string, bytes: Uint8Array | string, fileName: string): RequestInit {
  const form = new FormData()
  form.set(field, new Blob([bytes as Uint8Array<ArrayBuffer>]), fileName)
  return { method: 'POST', body: form }
}

/** Waits until a job has ended, whichever way. */
export function jobEnded(agent: TestAgent, jobId: string): Promise<Record<string, unknown>> {
  return waitUntil(
    `job ${jobId} to end`,
    async () => {
      const { body } = await agent.ask(`/api/v1/jobs/${jobId}`)
      return ['completed', 'failed', 'cancelled'].includes(String(body['status'])) ? body : null
    },
    { deadlineMs: JOB_DEADLINE_MS },
  )
}

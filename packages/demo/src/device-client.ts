// The few questions that the demo asks a device over its REST API.
import { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

const sourceSchema = z.object({
  id: z.string(),
  name: z.string(),
  uri: z.string(),
  state: z.string(),
  state_detail: z.string(),
})
const sourcesSchema = z.object({ sources: z.array(sourceSchema) })
export type DemoSource = z.infer<typeof sourceSchema>

const REQUEST_TIMEOUT_MS = 10_000

export class DeviceClient {
  readonly url: string

  constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`
  }

  async isHealthy(): Promise<boolean> {
    return fetch(`${this.url}/health`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }).then(
      (response) => response.ok,
      () => false,
    )
  }

  async sources(): Promise<DemoSource[]> {
    return sourcesSchema.parse(await this.#json('/api/v1/sources')).sources
  }

  async addSource(source: { name: string; uri: string; detect_fps: number }): Promise<void> {
    await this.#json('/api/v1/sources', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(source),
    })
  }

  async #json(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      ...init,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const body: unknown = await response.json()
    if (!response.ok)
      throw new FleetError(
        'UNAVAILABLE',
        `${this.url}${path} answered ${response.status}: ${JSON.stringify(body)}`,
      )
    return body
  }
}

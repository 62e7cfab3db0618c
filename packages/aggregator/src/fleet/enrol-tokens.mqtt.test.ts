import { connectAsync } from 'mqtt'
import { describe, expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { createAggregator } from '../aggregator.ts'
import { readCentreConfig } from '../config/centre-config.ts'

const ADMIN_TOKEN = 'an-admin-token-of-this-test'

/** A centre that demands tokens, as one that others can reach does. */
async function runClosedCentre(dir: string) {
  const centre = await createAggregator(
    readCentreConfig({
      PORT: '0',
      FLEET_MQTT_PORT: '0',
      FLEET_LOG_LEVEL: 'error',
      FLEET_DATA_DIR: dir,
      FLEET_ADMIN_TOKEN: ADMIN_TOKEN,
    }),
  )
  const stop = new AbortController()
  const running = centre.run(stop.signal)
  await waitUntil('the centre to be healthy', async () => (await fetch(`${centre.url}/healthz`)).ok)
  const post = async (path: string, body: unknown, token?: string) => {
    const response = await fetch(`${centre.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }
  return {
    mqttUrl: centre.mqttUrl,
    post,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the test ends'))
      await running
    },
  }
}

describe('enrolling a device', () => {
  test('an operator’s token lets one device in, with credentials that the broker takes; a second use is refused', async () => {
    await using dir = await createTempDir('centre')
    await using centre = await runClosedCentre(dir.path)
    expect((await centre.post('devices.enrolToken', {})).status).toBe(401)

    const made = await centre.post('devices.enrolToken', { note: 'gate' }, ADMIN_TOKEN)
    expect(made.status).toBe(200)
    const { token } = made.body
    const gate = await centre.post('enrol', { token, deviceId: 'gate-0001', name: 'Gate' })
    const { username, password } = gate.body
    const client = await connectAsync(centre.mqttUrl, {
      protocolVersion: 4,
      clientId: 'gate-0001',
      username: username as string,
      password: password as string,
    })
    expect(client.connected).toBe(true)
    await client.endAsync(true)

    const second = await centre.post('enrol', { token, deviceId: 'door-0001', name: 'Door' })
    expect([second.status, second.body['password']]).toEqual([403, undefined])
  })
})

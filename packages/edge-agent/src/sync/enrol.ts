// Enrolment: trades a single-use token for the device's own MQTT credentials and keeps them readable by it alone.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** Milliseconds for the centre to answer an enrolment. */
const ENROL_TIMEOUT_MS = 15_000

export const credentialsSchema = z.object({
  username: z.string().min(1),
  password: z.string().min(1),
  mqttUrl: z.string().min(1),
})
export type DeviceCredentials = z.infer<typeof credentialsSchema>

export interface EnrolRequest {
  centreUrl: string
  token: string
  deviceId: string
  name: string
}

export interface CredentialsRequest {
  credentialsPath: string
  centreUrl: string | null
  enrolToken: string | null
  deviceId: string
  name: string
}

/** Stored credentials, or new ones for a token that was given; null for a device that needs none. */
export async function openCredentials(request: CredentialsRequest): Promise<DeviceCredentials | null> {
  const stored = await readCredentials(request.credentialsPath)
  if (stored || request.enrolToken === null) return stored
  if (request.centreUrl === null) {
    throw new FleetError('CONFIG_INVALID', 'FLEET_ENROL_TOKEN is set, but not where to use it', {
      hint: 'Set FLEET_CENTRE_URL too.',
    })
  }
  const { centreUrl, enrolToken: token, deviceId, name } = request
  return enrol({ centreUrl, token, deviceId, name }, request.credentialsPath)
}

/** What an earlier enrolment stored; null when there was none. @throws FleetError CONFIG_INVALID when unreadable. */
export async function readCredentials(path: string): Promise<DeviceCredentials | null> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw new FleetError('CONFIG_INVALID', 'the stored credentials cannot be read', { cause })
  })
  if (text === null) return null
  const parsed = credentialsSchema.safeParse(JSON.parse(text))
  if (!parsed.success) {
    throw new FleetError('CONFIG_INVALID', 'the stored credentials are damaged', {
      hint: `Remove ${path} and enrol the device again with a new token.`,
      cause: parsed.error,
    })
  }
  return parsed.data
}

/**
 * Asks the centre for credentials and stores them (mode 0600, replaced atomically).
 * @throws FleetError UNAVAILABLE when the centre cannot be reached, FORBIDDEN when it refuses the token.
 */
export async function enrol(
  request: EnrolRequest,
  path: string,
  post: typeof fetch = fetch,
): Promise<DeviceCredentials> {
  const response = await post(new URL('/api/v1/enrol', request.centreUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: request.token, deviceId: request.deviceId, name: request.name }),
    signal: AbortSignal.timeout(ENROL_TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new FleetError('UNAVAILABLE', 'the centre cannot be reached to enrol this device', { cause })
  })
  if (!response.ok) {
    throw new FleetError('FORBIDDEN', `the centre refused to enrol this device (${response.status})`, {
      hint: 'Make a new token in the centre; each is good for one device and one hour.',
    })
  }
  const credentials = credentialsSchema.parse(await response.json())
  await mkdir(dirname(path), { recursive: true })
  const fresh = `${path}.new`
  await writeFile(fresh, JSON.stringify(credentials), { mode: 0o600, flush: true })
  await chmod(fresh, 0o600)
  await rename(fresh, path)
  return credentials
}

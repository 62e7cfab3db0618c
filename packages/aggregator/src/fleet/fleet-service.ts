// The centre's side of every device: greeting, presence, status, enrolment, and who may call itself what.
import type { Logger } from 'pino'
import { deviceIdSchema } from '@sam3-fleet/shared/domain/identity'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import {
  ACK_MAX_RANGES,
  BATCH_MAX_BYTES,
  CONTROL_MAX_BYTES,
  SEND_WINDOW_BATCHES,
} from '@sam3-fleet/shared/protocol/bounds'
import { helloSchema } from '@sam3-fleet/shared/protocol/hello'
import { presenceSchema } from '@sam3-fleet/shared/protocol/presence'
import { statusMessageSchema } from '@sam3-fleet/shared/protocol/status'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Welcome } from '@sam3-fleet/shared/protocol/welcome'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { ZodType } from 'zod'
import type { Database } from '../database/database.ts'
import { isRevoked } from '../store/revoke-device.ts'
import { credentialOf, redeemToken, setCredential, setPresence, setStatus } from '../store/write-devices.ts'
import { readMark } from '../store/write-receipts.ts'
import { hashSecret, hashToken, isSecret, newSecret } from './device-secrets.ts'
import { greet } from './greet.ts'

/** Correct credentials that are remembered, so that scrypt does not run at every reconnect; and for how long. */
const REMEMBERED_MAX = 10_000
const REMEMBERED_MS = 60_000

export interface FleetServiceDeps {
  database: Database
  tenantId: string
  incarnation: string
  publish: (topic: string, payload: Uint8Array) => Promise<void>
  clock: Clock
  log: Logger
  /** What an enrolled device is told to connect to. */
  mqttUrl: string
}

export interface FleetService {
  onHello(deviceId: string, payload: Uint8Array): Promise<void>
  onPresence(deviceId: string, payload: Uint8Array): Promise<void>
  /** The status for those who watch rates; null for one that cannot be read or whose device is not known or was revoked. */
  onStatus(deviceId: string, payload: Uint8Array): Promise<DeviceStatus | null>
  /** @throws FleetError FORBIDDEN for a wrong or used token, CONFLICT for an id that is taken. */
  enrol(request: {
    token: string
    deviceId: string
    name: string
  }): Promise<{ username: string; password: string; mqttUrl: string }>
  /** The device id that these credentials are for; null when they are wrong or revoked. */
  authenticateDevice(username: string, password: string): Promise<string | null>
  /** Whether a centre that enrols nobody lets a device of this id in: any but one that was revoked. */
  mayEnterOpen(deviceId: string): Promise<boolean>
}

export function createFleetService(deps: FleetServiceDeps): FleetService {
  const { database, tenantId, log, clock } = deps
  const remembered = new Map<string, { passwordHash: string; stored: string; untilMs: number }>()

  /** A message of the agreed form that is about the device whose topic it came on; else null, and a line in the log. */
  function read<T extends { deviceId: string }>(
    schema: ZodType<T>,
    deviceId: string,
    payload: Uint8Array,
  ): T | null {
    if (payload.byteLength === 0 || payload.byteLength > CONTROL_MAX_BYTES) return null
    let value: unknown
    try {
      value = JSON.parse(Buffer.from(payload).toString('utf8'))
    } catch {
      value = null
    }
    const parsed = schema.safeParse(value)
    if (parsed.success && parsed.data.deviceId === deviceId) return parsed.data
    log.warn({ deviceId }, 'dropped a message that cannot be read or speaks for another device')
    return null
  }

  return {
    async onHello(deviceId, payload) {
      const hello = read(helloSchema, deviceId, payload)
      if (!hello) return
      const greeting = await database.transaction((tx) => greet(tx, { tenantId, deviceId }, hello))
      const mark = await readMark(database, { tenantId, deviceId, epoch: hello.epoch }, ACK_MAX_RANGES)
      const welcome: Welcome = {
        v: PROTOCOL_VERSION,
        helloId: hello.helloId,
        deviceId,
        epoch: hello.epoch,
        ...greeting,
        incarnation: deps.incarnation,
        ...mark,
        creditBytes: SEND_WINDOW_BATCHES * BATCH_MAX_BYTES,
      }
      log.info(
        { deviceId, action: greeting.action, reason: greeting.reason, hwm: mark.hwm, maxSeq: hello.maxSeq },
        'greeted a device',
      )
      await deps.publish(topics.down(deviceId, 'welcome'), Buffer.from(JSON.stringify(welcome)))
    },

    async onPresence(deviceId, payload) {
      const presence = read(presenceSchema, deviceId, payload)
      if (presence) await setPresence(database, { tenantId, deviceId }, presence)
    },

    async onStatus(deviceId, payload) {
      const message = read(statusMessageSchema, deviceId, payload)
      if (!message) return null
      const isKnown = await setStatus(database, { tenantId, deviceId }, message.epoch, message.status)
      return isKnown ? message.status : null
    },

    async enrol({ token, deviceId, name }) {
      const id = deviceIdSchema.parse(deviceId)
      const password = newSecret()
      const credentialHash = await hashSecret(password)
      await database.transaction(async (tx) => {
        if (!(await redeemToken(tx, tenantId, hashToken(token), id))) {
          throw new FleetError('FORBIDDEN', 'the enrolment token is unknown, used or expired', {
            hint: 'Make a new one; each is good for one device and at most an hour.',
          })
        }
        if (!(await setCredential(tx, { tenantId, deviceId: id }, name, credentialHash))) {
          throw new FleetError('CONFLICT', `${id} is enrolled already or was revoked`, {
            hint: 'Remove the old device first, or choose another id.',
          })
        }
      })
      return { username: id, password, mqttUrl: deps.mqttUrl }
    },

    async authenticateDevice(username, password) {
      const passwordHash = Buffer.from(hashToken(password)).toString('hex')
      // Read each time, so that a credential that was revoked is so from that moment on.
      const stored = deviceIdSchema.safeParse(username).success
        ? await credentialOf(database, { tenantId, deviceId: username })
        : null
      if (stored === null) return null
      const known = remembered.get(username)
      const isFresh = known?.stored === stored && known.untilMs > clock.monotonicMs()
      if (isFresh && known.passwordHash === passwordHash) return username
      if (!(await isSecret(password, stored))) return null
      if (remembered.size >= REMEMBERED_MAX) remembered.clear()
      remembered.set(username, { passwordHash, stored, untilMs: clock.monotonicMs() + REMEMBERED_MS })
      return username
    },

    async mayEnterOpen(deviceId) {
      const isWellFormed = deviceIdSchema.safeParse(deviceId).success
      return isWellFormed && !(await isRevoked(database, { tenantId, deviceId }))
    },
  }
}

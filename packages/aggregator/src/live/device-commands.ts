// Asks one device something over MQTT and waits for its one answer: remaining milliseconds out, parsed result in.
// Every command settles exactly once; what comes late, twice or from another device changes nothing (rule A20).
import { randomUUID } from 'node:crypto'
import { ERROR_CODES, type ErrorCode } from '@sam3-fleet/shared/errors/codes'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { CONTROL_MAX_BYTES, REPLY_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'
import {
  replyResultSchemas,
  replySchema,
  type Command,
  type CommandBody,
  type CommandKind,
  type Reply,
  type ReplyResult,
} from '@sam3-fleet/shared/protocol/command'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Clock } from '@sam3-fleet/shared/time/clock'

/** Commands in flight over all devices; a console that asks a whole fleet stays far below it. */
const PENDING_MAX = 10_000

export type BodyOf<K extends CommandKind> = Extract<CommandBody, { kind: K }>

export interface SendOptions {
  timeoutMs: number
  /** Same key, same effect on the device; a fresh one when absent. */
  idempotencyKey?: string | undefined
  signal?: AbortSignal | undefined
}

export interface DeviceCommands {
  /**
   * @throws FleetError DEADLINE_EXCEEDED when no answer came in time, CANCELLED when `signal` fired,
   * TOO_MANY_REQUESTS when too many are in flight, UNAVAILABLE when it could not be sent, else the device's own.
   */
  send<K extends CommandKind>(
    deviceId: string,
    body: BodyOf<K>,
    options: SendOptions,
  ): Promise<ReplyResult<K>>
  /** To be called with every `up/reply` message; `deviceId` is the one of the topic. */
  onReply(deviceId: string, payload: Uint8Array): void
  readonly pending: number
  /** Replies that no command waited for: late, doubled, foreign or unreadable. */
  readonly dropped: number
}

export interface DeviceCommandsDeps {
  publish: (topic: string, payload: Uint8Array) => Promise<void>
  clock: Clock
}

interface Pending {
  deviceId: string
  settle: (reply: Reply) => void
}

export function createDeviceCommands(
  { publish, clock }: DeviceCommandsDeps,
  { pendingMax = PENDING_MAX }: { pendingMax?: number } = {},
): DeviceCommands {
  const waiting = new Map<string, Pending>()
  let dropped = 0

  async function send<K extends CommandKind>(
    deviceId: string,
    body: BodyOf<K>,
    { timeoutMs, idempotencyKey, signal }: SendOptions,
  ): Promise<ReplyResult<K>> {
    if (signal?.aborted) throw cancelled()
    if (waiting.size >= pendingMax)
      throw new FleetError('TOO_MANY_REQUESTS', 'too many questions to devices are in flight')
    const command: Command = {
      v: PROTOCOL_VERSION,
      commandId: randomUUID(),
      deviceId,
      idempotencyKey: idempotencyKey ?? randomUUID(),
      remainingMs: timeoutMs,
      body,
    }
    const payload = Buffer.from(JSON.stringify(command))
    if (payload.byteLength > CONTROL_MAX_BYTES)
      throw new FleetError('PAYLOAD_TOO_LARGE', 'the command is larger than a device accepts')

    const reply = await waitForReply(command, payload, timeoutMs, signal)
    return resultOf(body.kind as K, reply)
  }

  async function waitForReply(
    command: Command,
    payload: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    waiting.set(command.commandId, { deviceId: command.deviceId, settle: resolve })
    const settled = new AbortController()
    const onAbort = (): void => reject(cancelled())
    signal?.addEventListener('abort', onAbort, { once: true })
    clock.sleep(timeoutMs, settled.signal).then(
      () => reject(tooLate(command.deviceId, timeoutMs)),
      () => undefined,
    )
    publish(topics.down(command.deviceId, 'command'), payload).catch((cause: unknown) => {
      reject(new FleetError('UNAVAILABLE', 'the broker did not take the command', { cause }))
    })
    try {
      return await promise
    } finally {
      waiting.delete(command.commandId)
      settled.abort()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  function onReply(deviceId: string, payload: Uint8Array): void {
    const reply = readReply(payload)
    const pending = reply && waiting.get(reply.commandId)
    if (!reply || !pending || pending.deviceId !== deviceId || reply.deviceId !== deviceId) {
      dropped += 1
      return
    }
    if (reply.status === 'accepted') return
    waiting.delete(reply.commandId)
    pending.settle(reply)
  }

  return {
    send,
    onReply,
    get pending() {
      return waiting.size
    },
    get dropped() {
      return dropped
    },
  }
}

function readReply(payload: Uint8Array): Reply | null {
  if (payload.byteLength > REPLY_MAX_BYTES) return null
  try {
    return replySchema.parse(JSON.parse(Buffer.from(payload).toString('utf8')))
  } catch {
    return null
  }
}

function resultOf<K extends CommandKind>(kind: K, reply: Reply): ReplyResult<K> {
  if (reply.status === 'expired') throw tooLate(reply.deviceId, null)
  if (reply.status !== 'done') throw deviceError(reply)
  const parsed = replyResultSchemas[kind].safeParse(reply.result)
  if (!parsed.success)
    throw new FleetError('PROTOCOL_MISMATCH', `device ${reply.deviceId} answered ${kind} in another form`, {
      hint: 'Update the agent of this device or the centre.',
      cause: parsed.error,
    })
  return parsed.data as ReplyResult<K>
}

function deviceError({ deviceId, error }: Reply): FleetError {
  const known = error && error.code in ERROR_CODES
  return new FleetError(
    known ? (error.code as ErrorCode) : 'INTERNAL',
    error?.message ?? `device ${deviceId} failed without a reason`,
    error ? { hint: error.hint } : {},
  )
}

function tooLate(deviceId: string, timeoutMs: number | null): FleetError {
  const within = timeoutMs === null ? 'in time' : `within ${timeoutMs} ms`
  return new FleetError('DEADLINE_EXCEEDED', `device ${deviceId} did not answer ${within}`, {
    hint: 'Look at its link on the sync page and try again.',
  })
}

function cancelled(): FleetError {
  return new FleetError('CANCELLED', 'the caller went away before the device answered')
}

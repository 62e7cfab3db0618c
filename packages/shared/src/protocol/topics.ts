// Topic names (design: fixed names). Built and parsed here only, so that no other file spells a topic.
import { deviceIdSchema } from '../domain/identity.ts'

export const UP_CHANNELS = ['hello', 'batch', 'status', 'reply'] as const
export const DOWN_CHANNELS = ['welcome', 'ack', 'command'] as const
export type UpChannel = (typeof UP_CHANNELS)[number]
export type DownChannel = (typeof DOWN_CHANNELS)[number]

const ROOT = 'fleet/v1'

export const topics = {
  up: (deviceId: string, channel: UpChannel): string => `${ROOT}/${deviceId}/up/${channel}`,
  down: (deviceId: string, channel: DownChannel): string => `${ROOT}/${deviceId}/down/${channel}`,
  presence: (deviceId: string): string => `${ROOT}/${deviceId}/presence`,
  /** What a device subscribes to. */
  downAll: (deviceId: string): string => `${ROOT}/${deviceId}/down/+`,
  /** What the centre subscribes to. */
  fleetUp: `${ROOT}/+/up/+`,
  fleetPresence: `${ROOT}/+/presence`,
  /** The centre's own. Its name is too short for a device id, so that no device can have it; not parsed below. */
  centrePresence: `${ROOT}/centre/presence`,
} as const

export type ParsedTopic =
  | { deviceId: string; direction: 'up'; channel: UpChannel }
  | { deviceId: string; direction: 'down'; channel: DownChannel }
  | { deviceId: string; direction: 'presence' }

/** Reads a topic of ours; null for anything else, including device ids that are not well formed. */
export function parseTopic(topic: string): ParsedTopic | null {
  const [fleet, version, deviceId, direction, channel, ...rest] = topic.split('/')
  if (`${fleet}/${version}` !== ROOT || rest.length > 0 || !deviceIdSchema.safeParse(deviceId).success)
    return null
  const id = deviceId as string
  if (direction === 'presence' && channel === undefined) return { deviceId: id, direction }
  if (direction === 'up' && isOneOf(UP_CHANNELS, channel)) return { deviceId: id, direction, channel }
  if (direction === 'down' && isOneOf(DOWN_CHANNELS, channel)) return { deviceId: id, direction, channel }
  return null
}

function isOneOf<T extends string>(values: readonly T[], value: string | undefined): value is T {
  return value !== undefined && (values as readonly string[]).includes(value)
}

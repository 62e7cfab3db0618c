// Who and what a thing is: the identifiers that every table, message and screen shares.
import { z } from 'zod'

/** Generated once per device, never changes; people see the device's `name`. */
export const deviceIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{8,40}$/, 'a device id is 8 to 40 of a-z, 0-9 and -')
/** UUID of one life of an outbox file; a new file means a new epoch. */
export const epochSchema = z.uuid()
/** UUIDv7 of sightings, sources, videos and jobs. */
export const idSchema = z.uuid()
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 is 64 lower-case hex digits')
/** Unix milliseconds UTC. */
export const unixMsSchema = z.number().int()
export const tenantIdSchema = z.string().regex(/^[a-z0-9-]{1,40}$/)

export const DEFAULT_TENANT = 'default'

export type DeviceId = z.infer<typeof deviceIdSchema>

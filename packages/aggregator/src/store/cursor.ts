// Keyset cursors: the sort key of the last row of a page, as opaque text that callers hand back.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { ZodType } from 'zod'

export function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key), 'utf8').toString('base64url')
}

/** @throws FleetError INVALID_INPUT when it is not a cursor of this list. */
export function decodeCursor<T>(schema: ZodType<T>, cursor: string): T {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch (cause) {
    throw unreadable(cause)
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw unreadable(parsed.error)
  return parsed.data
}

function unreadable(cause: unknown): FleetError {
  return new FleetError('INVALID_INPUT', 'the cursor does not belong to this list', {
    hint: 'Start again without a cursor; cursors hold only for the same question.',
    cause,
  })
}

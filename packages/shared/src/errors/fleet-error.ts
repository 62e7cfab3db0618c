// The one error class of the product: a stable code, a cause, and a sentence that tells a person what to do.
import { ERROR_CODES, type ErrorCode } from './codes.ts'

export interface FleetErrorOptions {
  /** One sentence that tells a person what to do about it. */
  hint?: string
  cause?: unknown
}

/** What callers of REST and tRPC receive (contracts: `{ error: { code, message, hint } }`). */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; hint: string }
}

export class FleetError extends Error {
  readonly code: ErrorCode
  readonly hint: string

  constructor(code: ErrorCode, message: string, options: FleetErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'FleetError'
    this.code = code
    this.hint = options.hint ?? ERROR_CODES[code].meaning
  }

  get status(): number {
    return ERROR_CODES[this.code].status
  }

  toBody(): ErrorBody {
    return { error: { code: this.code, message: this.message, hint: this.hint } }
  }
}

/** Turns anything thrown into a FleetError; what is not ours becomes INTERNAL and keeps its cause. */
export function toFleetError(thrown: unknown): FleetError {
  if (thrown instanceof FleetError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new FleetError('INTERNAL', message, { cause: thrown })
}

/** Fails where the types cannot know what the program does: a broken invariant, never bad input. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new FleetError('INTERNAL', `expected ${what}`)
  return value
}

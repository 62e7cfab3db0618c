// The one error of this package. Its codes are those of the product, so that callers pass them on as they are; the class
// is its own because this package imports nothing of ours.

export type TrtErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'CANCELLED'
  | 'TOO_MANY_REQUESTS'
  | 'UNAVAILABLE'
  | 'DISK_FULL'
  | 'PACK_INVALID'
  | 'ENGINE_INVALID'
  | 'GPU_MEMORY_SHORT'
  | 'INTERNAL'

const CODES: ReadonlySet<string> = new Set<TrtErrorCode>([
  'INVALID_INPUT',
  'NOT_FOUND',
  'CANCELLED',
  'TOO_MANY_REQUESTS',
  'UNAVAILABLE',
  'DISK_FULL',
  'PACK_INVALID',
  'ENGINE_INVALID',
  'GPU_MEMORY_SHORT',
  'INTERNAL',
])

export class TrtError extends Error {
  readonly code: TrtErrorCode
  /** One sentence that tells a person what to do about it; may be empty. */
  readonly hint: string

  constructor(code: TrtErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TrtError'
    this.code = code
    this.hint = options.hint ?? ''
  }
}

/** What the addon or Node threw, as a TrtError; what has no code of ours becomes INTERNAL and keeps its cause. */
export function toTrtError(thrown: unknown): TrtError {
  if (thrown instanceof TrtError) return thrown
  if (!(thrown instanceof Error)) return new TrtError('INTERNAL', String(thrown), { cause: thrown })
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
  const hint = 'hint' in thrown && typeof thrown.hint === 'string' ? thrown.hint : ''
  if (isTrtErrorCode(code)) return new TrtError(code, thrown.message, { hint, cause: thrown })
  if (code === 'ENOSPC') return new TrtError('DISK_FULL', thrown.message, { cause: thrown })
  if (code === 'ENOENT') return new TrtError('NOT_FOUND', thrown.message, { cause: thrown })
  return new TrtError('INTERNAL', thrown.message, { cause: thrown })
}

function isTrtErrorCode(code: string): code is TrtErrorCode {
  return CODES.has(code)
}

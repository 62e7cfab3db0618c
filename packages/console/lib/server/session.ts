// A token in, an opaque cookie value out, and back: sealed with AES-256-GCM, so that a browser never holds the token.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { HOUR_MS } from '../time.ts'

/** A working day; then one logs in again. */
export const SESSION_MAX_MS = 12 * HOUR_MS
export const SESSION_COOKIE = 'fleet_session'

const IV_BYTES = 12
const TAG_BYTES = 16
const sealedSchema = z.object({ token: z.string().min(1), untilMs: z.number() })

export interface SessionSealer {
  seal(token: string, nowMs: number): string
  /** Null for anything that was not sealed with this key, was changed, or has run out. */
  open(value: string | undefined, nowMs: number): string | null
}

export function createSessionSealer(secret: string): SessionSealer {
  const key = createHash('sha256').update(secret).digest()
  return {
    seal(token, nowMs) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const text = JSON.stringify({ token, untilMs: nowMs + SESSION_MAX_MS })
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(value, nowMs) {
      if (!value) return null
      try {
        const sealed = Buffer.from(value, 'base64url')
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        })
        decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
        const body = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES))
        const text = Buffer.concat([body, decipher.final()]).toString('utf8')
        const { token, untilMs } = sealedSchema.parse(JSON.parse(text))
        return untilMs > nowMs ? token : null
      } catch {
        return null
      }
    },
  }
}

/** Pages and route handlers are bundled apart but run in one process: they meet at this symbol. */
const SECRET = Symbol.for('sam3-fleet.console.session-secret')

/** Sessions outlive a restart only when FLEET_SESSION_SECRET is set. */
export function sessionSealer(): SessionSealer {
  const shared = globalThis as { [SECRET]?: string }
  shared[SECRET] ??= process.env.FLEET_SESSION_SECRET || randomBytes(32).toString('hex')
  return createSessionSealer(shared[SECRET])
}

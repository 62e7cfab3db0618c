// Secrets of devices: made here once, kept only as scrypt hashes, compared in constant time.
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const SECRET_BYTES = 32
const SALT_BYTES = 16
const HASH_BYTES = 32
const hash = promisify(scrypt) as (secret: string, salt: Buffer, bytes: number) => Promise<Buffer>

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** `salt:hash` in hex. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return `${salt.toString('hex')}:${(await hash(secret, salt, HASH_BYTES)).toString('hex')}`
}

export async function isSecret(secret: string, stored: string): Promise<boolean> {
  const [salt = '', expected = ''] = stored.split(':')
  const given = await hash(secret, Buffer.from(salt, 'hex'), HASH_BYTES)
  const known = Buffer.from(expected, 'hex')
  return known.byteLength === given.byteLength && timingSafeEqual(known, given)
}

/** Tokens have enough randomness of their own: a plain hash is safe, and can be looked up. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}

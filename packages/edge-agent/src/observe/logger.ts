// Structured logs on standard output, with everything that may hold a secret cut out.
import pino, { type Logger } from 'pino'

const SECRETS = [
  'password',
  'token',
  'secretUri',
  '*.password',
  '*.token',
  '*.secretUri',
  'req.headers.authorization',
]

export function createLogger(level: string, deviceId: string): Logger {
  return pino({ level, base: { deviceId }, redact: { paths: SECRETS, censor: '***' } })
}

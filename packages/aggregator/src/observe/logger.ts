// Structured logs on standard output, with everything that may hold a secret cut out.
import pino, { type Logger } from 'pino'

const SECRETS = ['password', 'token', '*.password', '*.token', 'req.headers.authorization']

export function createLogger(level: string): Logger {
  return pino({ level, base: { part: 'centre' }, redact: { paths: SECRETS, censor: '***' } })
}

// Structured logs on standard output, with everything that may hold a secret cut out.
import pino, { type DestinationStream, type Logger } from 'pino'

const SECRETS = [
  'password',
  'token',
  'secretUri',
  '*.password',
  '*.token',
  '*.secretUri',
  'req.headers.authorization',
]

export function createLogger(
  level: string,
  deviceId: string,
  destination: DestinationStream = pino.destination(1),
): Logger {
  return pino({ level, base: { deviceId }, redact: { paths: SECRETS, censor: '***' } }, destination)
}

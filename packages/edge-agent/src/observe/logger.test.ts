import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

test('secrets are cut out wherever a log line carries them, and every line names the device', () => {
  const out = new PassThrough()
  const log = createLogger('info', 'gate-0001', out)
  const password = 'hunter2'
  log.info(
    { password, credentials: { username: 'u', password }, source: { secretUri: `rtsp://u:${password}@c` } },
    'x',
  )
  log.info({ token: password, api: { token: password } }, 'y')
  const text = String(out.read())
  expect(text).not.toContain(password)
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { deviceId: string }).deviceId),
  ).toEqual(['gate-0001', 'gate-0001'])
})

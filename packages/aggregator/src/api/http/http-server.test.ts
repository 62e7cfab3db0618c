import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { startHttpServer } from './http-server.ts'

test('stopping cuts streams that would never end', async () => {
  const server = await startHttpServer((_request, response) => response.write('data: 1\n\n'), {
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
  })
  const socket = connect(server.port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(socket, 'data')
  const closed = once(socket, 'close')
  await server.stop()
  await closed
  expect(socket.destroyed).toBe(true)
})

test('a port that is taken is said to be taken', async () => {
  const first = await startHttpServer(() => undefined, { host: '127.0.0.1', port: 0, clock: systemClock })
  const second = startHttpServer(() => undefined, { host: '127.0.0.1', port: first.port, clock: systemClock })
  await expect(second).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await first.stop()
})

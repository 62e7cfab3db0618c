import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { freePort, isListening } from './free-port.ts'

describe('freePort', () => {
  it('names a port that can be bound and that isListening sees once bound', async () => {
    const port = await freePort()
    expect(await isListening(port)).toBe(false)
    await using server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve)
    })
    expect(await isListening(port)).toBe(true)
  })
})

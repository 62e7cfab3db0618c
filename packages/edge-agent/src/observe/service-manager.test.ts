import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { spawnService } from '@sam3-fleet/test-kit/spawn-service'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { createServiceManager } from './service-manager.ts'

/** Plays systemd: prints every word that comes in at its socket. */
const LISTENER = `
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print('listening', flush=True)
while True:
    print(listener.recv(4096).decode(), flush=True)
`
const hasNotifier = ((): boolean => {
  try {
    execFileSync('systemd-notify', ['--version'])
    return true
  } catch {
    return false
  }
})()

describe('systemd', () => {
  test.skipIf(!hasNotifier)('hears that the agent is ready, lives and stops, in that order', async () => {
    await using dir = await createTempDir('notify')
    const socket = join(dir.path, 'notify')
    await using systemd = await spawnService({
      name: 'listener',
      command: 'python3',
      args: ['-c', LISTENER, socket],
      ready: /listening/,
    })
    const stop = new AbortController()
    const silences: string[] = []
    const manager = createServiceManager({
      env: { PATH: process.env['PATH'], NOTIFY_SOCKET: socket, WATCHDOG_USEC: '60000' },
      clock: systemClock,
      onSilence: (reason) => silences.push(reason),
    })
    const running = manager.run(stop.signal)
    await systemd.waitForLine(/WATCHDOG=1/)
    stop.abort()
    await running
    await systemd.waitForLine(/STOPPING=1/)
    const words = systemd.log.text().match(/(READY|WATCHDOG|STOPPING)=1/g) ?? []
    expect([words[0], words.at(-1), silences]).toEqual(['READY=1', 'STOPPING=1', []])
  })

  test.skipIf(!hasNotifier)('never hears that a working agent stops, also without a watchdog', async () => {
    await using dir = await createTempDir('notify')
    const socket = join(dir.path, 'notify')
    await using systemd = await spawnService({
      name: 'listener',
      command: 'python3',
      args: ['-c', LISTENER, socket],
      ready: /listening/,
    })
    const stop = new AbortController()
    let hasEnded = false
    const running = createServiceManager({
      env: { PATH: process.env['PATH'], NOTIFY_SOCKET: socket },
      clock: systemClock,
      onSilence: expect.unreachable,
    })
      .run(stop.signal)
      .then(() => (hasEnded = true))
    await systemd.waitForLine(/READY=1/)
    // A word after READY would be on its way now, and comes before this one.
    execFileSync('systemd-notify', ['STATUS=asked'], { env: { ...process.env, NOTIFY_SOCKET: socket } })
    await systemd.waitForLine(/STATUS=asked/)
    execFileSync('systemd-notify', ['STATUS=again'], { env: { ...process.env, NOTIFY_SOCKET: socket } })
    await systemd.waitForLine(/STATUS=again/)
    expect([hasEnded, systemd.log.text()]).toEqual([false, expect.not.stringContaining('STOPPING')])
    stop.abort()
    await running
    await systemd.waitForLine(/STOPPING=1/)
  })

  test('nobody is told anything where no systemd asked', async () => {
    const silences: string[] = []
    const manager = createServiceManager({
      env: { PATH: '/nowhere' },
      clock: systemClock,
      onSilence: (reason) => silences.push(reason),
    })
    await manager.run(new AbortController().signal)
    expect(silences).toEqual([])
  })

  test('words that do not get through are told once, and stop nothing', async () => {
    const silences: string[] = []
    const stop = new AbortController()
    const manager = createServiceManager({
      env: { PATH: '/nowhere', NOTIFY_SOCKET: '/nowhere/at/all' },
      clock: systemClock,
      onSilence: (reason) => silences.push(reason),
    })
    stop.abort()
    await manager.run(stop.signal)
    expect(silences).toHaveLength(1)
  })
})

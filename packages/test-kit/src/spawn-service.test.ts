import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { spawnService, type ServiceOptions } from './spawn-service.ts'
import { waitUntil } from './wait-until.ts'

const node = (program: string, ready: ServiceOptions['ready'] = /ready/): ServiceOptions => ({
  name: 'child',
  command: process.execPath,
  args: ['-e', program],
  ready,
})
const STAY = `setInterval(() => {}, 1000)`

describe('spawnService', () => {
  it('returns once the ready line stands and keeps what was written', async () => {
    await using service = await spawnService(
      node(`console.log('port 4711'); console.error('ready'); ${STAY}`),
    )
    expect((await service.waitForLine(/port (\d+)/))[1]).toBe('4711')
    expect(existsSync(`/proc/${service.pid}`)).toBe(true)
  })

  it('waits for a condition instead of a line', async () => {
    let asked = 0
    await using service = await spawnService(node(STAY, async () => ++asked === 3))
    expect(asked).toBe(3)
    expect(service.log.lines()).toEqual([])
  })

  it('fails at once, with the log, when the child ends before it is ready', async () => {
    const failing = spawnService(node(`console.error('no such device'); process.exitCode = 3`))
    await expect(failing).rejects.toThrow(/ended before that \(exit 3\)\)?\n?.*no such device/s)
  })

  it('names a command that is not installed', async () => {
    const missing = spawnService({ name: 'absent', command: 'no-such-command-here', ready: /x/ })
    await expect(missing).rejects.toThrow('no-such-command-here')
  })

  it('tells how the child ended: by itself on SIGTERM, by force on kill9', async () => {
    const polite = `process.on('SIGTERM', () => process.exit(7)); console.log('ready'); ${STAY}`
    await using asked = await spawnService(node(polite))
    expect(await asked.stop()).toEqual({ code: 7, signal: null })
    await using killed = await spawnService(node(polite))
    expect(await killed.kill9()).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('stops a paused child too', async () => {
    await using service = await spawnService(node(`console.log('ready'); ${STAY}`))
    service.pause()
    expect(await service.stop()).toEqual({ code: null, signal: 'SIGTERM' })
  })

  it('leaves no child behind when the process that started it is killed', async () => {
    const module = new URL('./spawn-service.ts', import.meta.url).href
    const child = { name: 'grandchild', command: process.execPath, args: ['-e', `console.log('up');${STAY}`] }
    const parentProgram = `const { spawnService } = await import(${JSON.stringify(module)})
      const service = await spawnService({ ...${JSON.stringify(child)}, ready: /up/ })
      console.log('grandchild', service.pid)`
    await using parent = await spawnService({
      ...node('', /grandchild \d+/),
      args: ['--conditions=source', '--input-type=module', '-e', parentProgram],
    })
    const pid = (await parent.waitForLine(/grandchild (\d+)/))[1]
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    await parent.kill9()
    await waitUntil('the grandchild to be gone', () => !existsSync(`/proc/${pid}`))
  })
})

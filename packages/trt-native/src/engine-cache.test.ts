import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildEngine } from './build-engine.ts'
import { createEngineCache } from './engine-cache.ts'
import { readManifest, writePlan } from './plan-file.ts'
import { probe } from './probe.ts'
import { DOUBLING, rowsOf, simulatedFolder, SIMULATOR } from './testing/simulated-gpu.ts'
import { openTrtEngine } from './trt-engine.ts'

const folder = simulatedFolder()
afterAll(() => folder[Symbol.dispose]())
let folders = 0

function freshDirectory(): string {
  folders += 1
  return join(folder.path, `plans-${folders}`)
}

async function origin(directory: string, lines: readonly string[] = DOUBLING, change = {}): Promise<string> {
  const build = { ...folder.graph('graph', lines), ...change }
  const opened = await createEngineCache(directory).open({ build })
  await using engine = opened.engine
  const { outputs } = await engine.run({ x: rowsOf(1, 3) })
  expect(outputs['y']?.data).toEqual(new Float32Array(16).fill(6))
  return opened.origin
}

function planIn(directory: string): string {
  const name = readdirSync(directory).find((file) => file.endsWith('.plan'))
  if (!name) throw new Error('there is no plan')
  return join(directory, name)
}

describe('a plan in the cache', () => {
  it('is built once and opened from then on', async () => {
    const directory = freshDirectory()
    expect(await origin(directory)).toBe('built: absent')
    expect(await origin(directory)).toBe('cached')
  })

  it('is another one for another graph, precision, level or profile', async () => {
    const directory = freshDirectory()
    const changes = [
      {},
      { precision: 'fp32' },
      { optimizationLevel: 5 },
      { profile: { x: { min: [1, 16], opt: [1, 16], max: [2, 16] } } },
    ]
    for (const change of changes) expect(await origin(directory, DOUBLING, change)).toBe('built: absent')
    expect(await origin(directory, [...DOUBLING, 'steps 4'])).toBe('built: absent')
    expect(await origin(directory)).toBe('cached')
  })

  it('is built again when it is cut short, changed, of another key, or without a manifest', async () => {
    const directory = freshDirectory()
    await origin(directory)
    const path = planIn(directory)
    const damage: (() => void)[] = [
      () => truncateSync(path, 20),
      () => truncateSync(path, 0),
      () => writeFileSync(path, readFileSync(path, 'utf8').replace('scale 2', 'scale 5')),
      () => writeFileSync(`${path}.json`, '{'),
      () =>
        writeFileSync(`${path}.json`, readFileSync(`${path}.json`, 'utf8').replace(/"key": "./, '"key": "x')),
    ]
    for (const doIt of damage) {
      doIt()
      expect(await origin(directory)).toBe('built: damaged')
    }
    expect(await origin(directory)).toBe('cached')
  })

  it('is built again when TensorRT refuses it', async () => {
    const directory = freshDirectory()
    await origin(directory)
    const path = planIn(directory)
    const manifest = await readManifest(path)
    if (!manifest) throw new Error('there is no manifest')
    await writePlan(path, new TextEncoder().encode('a plan of another TensorRT'), manifest)
    expect(await origin(directory)).toBe('built: refused')
  })

  it('leaves nothing half written when a build is cancelled', async () => {
    const directory = freshDirectory()
    const abort = new AbortController()
    const build = folder.graph('graph', [...DOUBLING, 'steps 100000000'])
    const opened = createEngineCache(directory).open({
      build,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    await expect(opened).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(() => readdirSync(directory)).toThrow('ENOENT')
  })

  it('is built once when it is wanted twice at the same time', async () => {
    const cache = createEngineCache(freshDirectory())
    const build = folder.graph('graph', DOUBLING)
    const opened = await Promise.all([cache.open({ build }), cache.open({ build })])
    expect(opened.map((one) => one.origin)).toEqual(['built: absent', 'cached'])
    await Promise.all(opened.map(({ engine }) => engine[Symbol.asyncDispose]()))
  })

  it('gives later builds the kernel timings of earlier ones', async () => {
    const caches: (Uint8Array | undefined)[] = []
    const deps = {
      probe,
      openEngine: openTrtEngine,
      build: (...[options, hooks]: Parameters<typeof buildEngine>) => {
        caches.push(hooks?.timingCache)
        return buildEngine(options, hooks)
      },
    }
    const cache = createEngineCache(freshDirectory(), deps)
    for (const level of [1, 2]) {
      const build = { ...folder.graph('graph', DOUBLING), optimizationLevel: level }
      await (await cache.open({ build })).engine[Symbol.asyncDispose]()
    }
    expect(caches[0]).toBeUndefined()
    expect(caches[1]?.byteLength).toBe(1)
  })
})

describe('a build', () => {
  it('reports growing progress within its phase', async () => {
    const seen: number[] = []
    const build = folder.graph('graph', [...DOUBLING, 'steps 1000'])
    await buildEngine(build, { onProgress: ({ done }) => seen.push(done) })
    expect(seen.length).toBeGreaterThan(0)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(1)
  })

  const refused: [string, string, (lines: readonly string[]) => object][] = [
    ['free sizes without a profile', 'INVALID_INPUT', () => ({ profile: {} })],
    [
      'a profile out of order',
      'INVALID_INPUT',
      () => ({ profile: { x: { min: [8, 16], opt: [4, 16], max: [2, 16] } } }),
    ],
    [
      'a profile of an unknown input',
      'INVALID_INPUT',
      () => ({ profile: { z: { min: [1], opt: [1], max: [1] } } }),
    ],
    ['fp8 on a GPU without it', 'INVALID_INPUT', () => ({ precision: 'fp8' })],
    ['an unknown precision', 'INVALID_INPUT', () => ({ precision: 'fp7' })],
    ['a GPU that is not there', 'UNAVAILABLE', () => ({ device: 3 })],
    ['a missing graph', 'PACK_INVALID', () => ({ onnxPath: join(SIMULATOR, 'none.onnx') })],
  ]
  for (const [what, code, change] of refused) {
    it(`refuses ${what} with ${code}`, async () => {
      const build = { ...folder.graph('graph', DOUBLING), ...change(DOUBLING) }
      await expect(buildEngine(build)).rejects.toMatchObject({ code })
    })
  }

  it('says what TensorRT said, and that memory was short when it was', async () => {
    const failing = folder.graph('graph', [...DOUBLING, 'fail build'])
    await expect(buildEngine(failing)).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringContaining('Could not find any implementation for node MatMul_1'),
    })
    const short = folder.graph('graph', [...DOUBLING, 'fail memory'])
    await expect(buildEngine(short)).rejects.toMatchObject({ code: 'GPU_MEMORY_SHORT' })
  })
})

import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { loadAddon, type NativeLiveCounts } from './native-addon.ts'
import { DOUBLING, openSimulated, rowsOf, simulatedFolder, SIMULATOR } from './testing/simulated-gpu.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const addon = loadAddon()
const folder = simulatedFolder()
afterAll(() => folder[Symbol.dispose]())

const NOTHING: NativeLiveCounts = {
  engines: 0,
  contexts: 0,
  tensors: 0,
  threads: 0,
  deviceBytes: 0,
  pinnedBytes: 0,
}

/** What is alive after a collection; polled, since finalizers run some turns later. */
function countAfterCollecting(): NativeLiveCounts {
  collect()
  return addon.liveCounts()
}

it('frees everything that was disposed of, at once', async () => {
  {
    await using engine = await openSimulated(folder)
    const { onDevice } = await engine.run({ x: rowsOf(1, 1) }, { keepOnDevice: ['y'] })
    expect(addon.liveCounts()).toMatchObject({ engines: 1, contexts: 1, tensors: 1, threads: 1 })
    onDevice['y']?.[Symbol.dispose]()
  }
  expect(addon.liveCounts()).toMatchObject({
    engines: 0,
    contexts: 0,
    threads: 0,
    deviceBytes: 0,
    pinnedBytes: 0,
  })
  await expect.poll(countAfterCollecting).toEqual(NOTHING)
})

it('frees everything that was dropped without dispose, once it is collected', async () => {
  await (async () => {
    const engine = await openSimulated(folder)
    await engine.run({ x: rowsOf(1, 1) }, { keepOnDevice: ['y'] })
    await engine.allocatePinned(100)
  })()
  await expect.poll(countAfterCollecting).toEqual(NOTHING)
})

it('finishes runs whose engine was dropped and collected meanwhile', async () => {
  const runs = await (async () => {
    const engine = await openSimulated(folder, ['input x float32 2', 'output y float32 2', 'sleep 10'])
    const x = { type: 'float32', dims: [2], data: new Float32Array([1, 2]) } as const
    return Array.from({ length: 6 }, () => engine.run({ x: { ...x, data: x.data.slice() } }))
  })()
  collect()
  for (const run of runs) expect((await run).outputs['y']?.data).toEqual(new Float32Array([1, 2]))
  runs.length = 0
  await expect.poll(countAfterCollecting).toEqual(NOTHING)
})

it('keeps the memory of results and page-locked buffers after their engine is gone', async () => {
  const engine = await openSimulated(folder)
  const pinned = await engine.allocatePinned(64)
  const kept = await engine.run({ x: rowsOf(2, 3) })
  await engine[Symbol.asyncDispose]()
  collect()
  new Uint8Array(pinned.buffer).fill(1)
  expect(kept.outputs['y']?.data).toEqual(new Float32Array(32).fill(6))
})

// The simulated libraries end the process where the real ones corrupt its memory: see native/simulator.
for (const settings of [{}, { spin: true }, { useGraphs: false }, { mapHost: true }, { contexts: 4 }]) {
  it(`runs 32 at once and closes its contexts safely with ${JSON.stringify(settings)}`, async () => {
    await using engine = await openSimulated(folder, DOUBLING, settings)
    const rows = Array.from({ length: 32 }, (_, i) => (i % 8) + 1)
    const results = await Promise.all(rows.map((count) => engine.run({ x: rowsOf(count, count) })))
    for (const [i, { outputs }] of results.entries()) {
      const count = rows[i] ?? 0
      expect(outputs['y']?.data).toEqual(new Float32Array(count * 16).fill(2 * count))
    }
  })
}

it('opens, runs and closes engines side by side, the first before the others', async () => {
  const engines = await Promise.all(Array.from({ length: 4 }, () => openSimulated(folder)))
  const runs = Promise.allSettled(
    engines.flatMap((engine) => Array.from({ length: 8 }, () => engine.run({ x: rowsOf(2, 1) }))),
  )
  const [first, ...others] = engines
  await first?.[Symbol.asyncDispose]()
  const later = await Promise.all(others.map((engine) => engine.run({ x: rowsOf(1, 1) })))
  expect(later.map(({ outputs }) => outputs['y']?.data[0])).toEqual([2, 2, 2])
  const reopened = openSimulated(folder)
  await Promise.all(others.map((engine) => engine[Symbol.asyncDispose]()))
  await (await reopened)[Symbol.asyncDispose]()
  // What still waits for a context of the first engine is refused when it closes.
  const done = (await runs).filter(({ status }) => status === 'fulfilled')
  expect(done.length).toBeGreaterThanOrEqual(24)
})

it('is UNAVAILABLE where TensorRT does not start, which 10.6 answers with a small number and not null', async () => {
  const build = folder.graph('plan', ['input x float32 2', 'output y float32 2'])
  process.env['SIMULATED_TENSORRT_REFUSES'] = '1'
  try {
    const opened = addon.loadEngine({ path: build.onnxPath, device: 0, libraryDir: SIMULATOR })
    await expect(opened).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  } finally {
    delete process.env['SIMULATED_TENSORRT_REFUSES']
  }
})

it('runs in worker threads, and survives one that is terminated in the middle of its runs', async () => {
  const workers = Array.from(
    { length: 3 },
    () => new Worker(new URL('./testing/run-worker.ts', import.meta.url)),
  )
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const [victim, ...rest] = workers
  await victim?.terminate()
  for (const worker of rest) {
    worker.postMessage('finish')
    const [runs] = (await once(worker, 'message')) as [number]
    expect(runs).toBeGreaterThan(0)
    await once(worker, 'exit')
  }
  await expect.poll(countAfterCollecting).toEqual(NOTHING)
})

it('never crashes on what its native functions are given', async () => {
  const anything = fc.anything({ withTypedArray: true, withBigInt: true, withNullPrototype: true })
  const likely = fc.record(
    {
      path: fc.oneof(fc.string(), anything),
      onnxPath: fc.string(),
      precisions: fc.oneof(fc.array(fc.string()), anything),
      profile: fc.oneof(
        fc.array(fc.record({ name: fc.string(), min: anything, opt: anything, max: anything })),
        anything,
      ),
      device: fc.oneof(fc.integer(), anything),
      libraryDir: fc.constant(SIMULATOR),
      timingCache: anything,
    },
    { requiredKeys: [] },
  )
  const calls = [addon.probe, addon.loadEngine, addon.buildEngine] as unknown as ((
    ...given: unknown[]
  ) => unknown)[]
  await fc.assert(
    fc.asyncProperty(fc.nat(2), fc.oneof(likely, anything), anything, async (which, first, second) => {
      const outcome = await attempt(() => calls[which]?.(first, which === 2 ? () => undefined : second))
      expect(outcome).toMatch(/^(ok|INVALID_INPUT|NOT_FOUND|PACK_INVALID|ENGINE_INVALID|UNAVAILABLE)$/)
    }),
    { numRuns: 300 },
  )
})

it('never crashes on what a native run is given', async () => {
  const engine = await addon.loadEngine({ path: planPath(), device: 0, libraryDir: SIMULATOR })
  const context = await engine.createContext({ useGraphs: true, spin: false, mapHost: false })
  const pinned = await engine.allocatePinned({ bytes: 64 })
  const anything = fc.anything({ withTypedArray: true })
  const input = fc.record(
    {
      name: fc.oneof(fc.constantFrom('x', 'y', 'z'), anything),
      type: fc.oneof(fc.constantFrom('float32', 'int64', 'bool', 'complex'), anything),
      dims: fc.oneof(fc.array(fc.oneof(fc.integer(), fc.constant(2)), { maxLength: 10 }), anything),
      data: fc.oneof(fc.uint8Array(), fc.float32Array(), anything),
      pinned: fc.constantFrom(pinned, engine, {}),
      byteLength: fc.oneof(fc.integer(), fc.constant(8)),
      tensor: fc.constantFrom(undefined, pinned, context, {}),
    },
    { requiredKeys: ['name'] },
  )
  const names = fc.oneof(fc.array(fc.constantFrom('x', 'y', 'z')), anything)
  const request = fc.oneof(anything, fc.record({ inputs: fc.array(input), toHost: names, toDevice: names }))
  await fc.assert(
    fc.asyncProperty(request, async (given) => {
      expect(await attempt(() => context.run(given as never))).toMatch(/^(ok|INVALID_INPUT)$/)
    }),
    { numRuns: 500 },
  )
  for (const native of [engine, context, pinned]) {
    expect(() => Reflect.construct(native.constructor, [])).toThrow('cannot be constructed')
  }
  await context.dispose()
  await context.dispose()
  await engine.dispose()
})

function planPath(): string {
  return folder.graph('plan', ['input x float32 2', 'output y float32 2']).onnxPath
}

/** The code of what a call throws or rejects with; `ok` when it does neither. */
async function attempt(call: () => unknown): Promise<string> {
  try {
    const outcome = (await call()) as { done?: Promise<unknown> } | undefined
    await outcome?.done
    return 'ok'
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : `unexpected: ${String(thrown)}`
  }
}

// Many runs without growth of host or device memory, an event loop that stays free, and a clear refusal when the GPU is full.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { createEngineCache } from '../src/engine-cache.ts'
import type { Engine } from '../src/engine.ts'
import { loadAddon } from '../src/native-addon.ts'
import { buildOf, copyOf, PLANS, readCase, rounded, writeTable } from './cases.ts'

const RUNS = Number(process.env['SAM3_GPU_RUNS'] ?? '20000')
/** Runs until caches and pools are filled. */
const WARM_UP = 500
/** Growth that counts as noise: V8's heap breathes by some megabytes. */
const RSS_GROWTH_MAX = 32 << 20
const DEVICE_GROWTH_MAX = 4 << 20
const BLOCKED_MAX_MS = 2
const MIB = 1 << 20
/** Far below the 8192 of the profile, for which an execution context reserves 4 GiB: kernels count bytes in 32 bits. */
const LARGE_SIDE = 2_048

function collect(): void {
  assert.ok(globalThis.gc, 'run with --expose-gc')
  globalThis.gc()
}

void test(`${RUNS} runs grow neither host nor device memory`, async () => {
  const { inputs } = readCase('conv')
  const { engine } = await createEngineCache(PLANS).open({ build: buildOf('conv', 'fp32') })
  await using _engine = engine
  const runSome = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 4) {
      await Promise.all(
        Array.from({ length: 4 }, async (_, lane) => {
          const keep = lane % 2 === 0 ? { keepOnDevice: ['features'] } : {}
          const result = await engine.run(copyOf(inputs), keep)
          for (const tensor of Object.values(result.onDevice)) tensor[Symbol.dispose]()
        }),
      )
    }
    collect()
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
  const measure = (): { rss: number; device: number; counts: string } => ({
    rss: process.memoryUsage.rss(),
    device: engine.memory().totalBytes - engine.memory().freeBytes,
    counts: JSON.stringify(loadAddon().liveCounts()),
  })
  await runSome(WARM_UP)
  const before = measure()
  const started = performance.now()
  await runSome(RUNS)
  const after = measure()
  writeTable('endurance', [
    {
      runs: RUNS,
      'runs/s': rounded((RUNS / (performance.now() - started)) * 1000),
      'RSS before MiB': rounded(before.rss / MIB, 5),
      'RSS after MiB': rounded(after.rss / MIB, 5),
      'GPU before MiB': rounded(before.device / MIB, 6),
      'GPU after MiB': rounded(after.device / MIB, 6),
    },
  ])
  assert.ok(after.rss - before.rss < RSS_GROWTH_MAX, 'RSS grew')
  assert.ok(after.device - before.device < DEVICE_GROWTH_MAX, 'device memory grew')
  assert.equal(after.counts, before.counts)
})

void test('runs with images of 12 MB leave the event loop free', async () => {
  const { inputs } = readCase('stack')
  const { engine } = await createEngineCache(PLANS).open({ build: buildOf('stack', 'fp16') })
  await using _engine = engine
  await engine.run(copyOf(inputs))
  const prepared = Array.from({ length: 60 }, () => copyOf(inputs))
  collect()
  const gaps: number[] = []
  let watching = true
  let last = performance.now()
  const watch = (): void => {
    const now = performance.now()
    gaps.push(now - last)
    last = now
    if (watching) setImmediate(watch)
  }
  setImmediate(watch)
  for (const input of prepared) await engine.run(input)
  watching = false
  const longest = gaps.toSorted((a, b) => b - a)
  writeTable('event-loop', [
    {
      turns: gaps.length,
      'longest ms': rounded(longest[0] ?? 0),
      'second ms': rounded(longest[1] ?? 0),
      'third ms': rounded(longest[2] ?? 0),
    },
  ])
  // A pause of the garbage collector may be among them; the runs themselves, 60 of them, may not.
  assert.ok((longest[3] ?? 0) < BLOCKED_MAX_MS, `blocked for ${longest[3]} ms`)
})

/** Takes the GPU's memory but for what is left over, in another process. */
const HOG = `
import sys, torch
free, _ = torch.cuda.mem_get_info()
hog = torch.empty(free - int(sys.argv[1]), dtype=torch.uint8, device='cuda')
print('full', flush=True)
sys.stdin.read()
`

void test('a full GPU is refused with GPU_MEMORY_SHORT, and works again when there is room', async () => {
  const open = async (): Promise<Engine> =>
    (await createEngineCache(PLANS).open({ build: buildOf('wide', 'fp32') })).engine
  const side = LARGE_SIDE
  const large = (engine: Engine): Promise<unknown> =>
    engine.run({
      x: { type: 'float32', dims: [1, 1, side, side], data: new Float32Array(side * side) },
    })
  {
    // Without it nobody knows that the GPU can do it at all.
    await using first = await open()
    await large(first)
  }
  await using engine = await open()
  const hog = spawn('python3', ['-c', HOG, String(1500 * MIB)], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(hog.stdout, 'data')
  await assert.rejects(large(engine), (thrown: Error & { code: string; hint?: string }) => {
    process.stdout.write(`${thrown.code}: ${thrown.message} (${thrown.hint})\n`)
    return thrown.code === 'GPU_MEMORY_SHORT'
  })
  hog.stdin.end()
  await once(hog, 'exit')
  await large(engine)
})

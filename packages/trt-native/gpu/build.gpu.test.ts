// Building: progress, cancelling, refusals, and the cache that never runs what it did not write.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildEngine, type BuildProgress } from '../src/build-engine.ts'
import { createEngineCache } from '../src/engine-cache.ts'
import { readManifest, writePlan } from '../src/plan-file.ts'
import { openTrtEngine } from '../src/trt-engine.ts'
import { buildOf, LIBRARIES, onnxPath } from './cases.ts'

function folder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'sam3-plans-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

void test('a build reports its phases', async () => {
  const seen: BuildProgress[] = []
  const built = await buildEngine(buildOf('conv', 'fp16'), { onProgress: (step) => seen.push(step) })
  assert.ok(built.plan.byteLength > 1000)
  assert.ok(built.timingCache.byteLength > 0)
  assert.ok(seen.length > 0)
  assert.ok(seen.every(({ done }) => done >= 0 && done <= 1))
  process.stdout.write(`phases: ${[...new Set(seen.map(({ phase }) => phase))].join(', ')}\n`)
})

void test('a cancelled build ends with CANCELLED soon after', async () => {
  const abort = new AbortController()
  let abortedAt = 0
  const build = buildEngine(
    { ...buildOf('attention', 'fp16'), optimizationLevel: 5 },
    {
      signal: abort.signal,
      onProgress: () => {
        abortedAt ||= performance.now()
        abort.abort()
      },
    },
  )
  await assert.rejects(build, { code: 'CANCELLED' })
  const waitedMs = performance.now() - abortedAt
  process.stdout.write(`cancelled after ${waitedMs.toFixed(0)} ms\n`)
  assert.ok(waitedMs < 20_000)
})

const REFUSED: readonly [string, Parameters<typeof buildEngine>[0], string][] = [
  [
    'what is no ONNX',
    { onnxPath: onnxPath('broken'), precision: 'fp32', libraryDir: LIBRARIES },
    'PACK_INVALID',
  ],
  [
    'a missing file',
    { onnxPath: onnxPath('nothing'), precision: 'fp32', libraryDir: LIBRARIES },
    'PACK_INVALID',
  ],
  ['free sizes without a profile', { ...buildOf('mlp', 'fp32'), profile: {} }, 'INVALID_INPUT'],
  [
    'a profile for a fixed input',
    {
      ...buildOf('conv', 'fp32'),
      profile: { x: { min: [1, 3, 64, 64], opt: [1, 3, 64, 64], max: [1, 3, 64, 64] } },
    },
    'INVALID_INPUT',
  ],
  [
    'a profile out of order',
    { ...buildOf('mlp', 'fp32'), profile: { x: { min: [8, 16], opt: [4, 16], max: [2, 16] } } },
    'INVALID_INPUT',
  ],
  [
    'a profile for an unknown input',
    { ...buildOf('conv', 'fp32'), profile: { z: { min: [1], opt: [1], max: [1] } } },
    'INVALID_INPUT',
  ],
  ['a GPU that is not there', { ...buildOf('conv', 'fp32'), device: 63 }, 'UNAVAILABLE'],
]

for (const [what, options, code] of REFUSED) {
  void test(`${what} is refused with ${code}`, async () => {
    await assert.rejects(buildEngine(options), (thrown: Error & { code: string }) => {
      process.stdout.write(`${thrown.code}: ${thrown.message}\n`)
      return thrown.code === code
    })
  })
}

void test('the cache opens what it built, and builds again what is cut short, changed or refused', async () => {
  using plans = folder()
  const origins: string[] = []
  let planPath = ''
  const open = async (): Promise<void> => {
    const opened = await createEngineCache(plans.path).open({ build: buildOf('mlp', 'fp16') })
    await opened.engine[Symbol.asyncDispose]()
    planPath = opened.planPath
    origins.push(opened.origin)
  }
  await open()
  await open()
  const whole = readFileSync(planPath)
  truncateSync(planPath, whole.byteLength - 1000)
  await open()
  const changed = Buffer.from(readFileSync(planPath))
  changed.writeUInt8(changed.readUInt8(5000) ^ 0xff, 5000)
  writeFileSync(planPath, changed)
  await open()
  // A whole file with a fitting manifest that TensorRT does not take: a plan of another version, say.
  const manifest = await readManifest(planPath)
  assert.ok(manifest)
  const foreign = Buffer.from(whole)
  foreign.fill(0, 0, 64)
  await writePlan(planPath, foreign, manifest)
  await open()
  await open()
  assert.deepEqual(origins, [
    'built: absent',
    'cached',
    'built: damaged',
    'built: damaged',
    'built: refused',
    'cached',
  ])
})

void test('a plan that TensorRT refuses gives ENGINE_INVALID and no crash', async () => {
  using plans = folder()
  const planPath = join(plans.path, 'x.plan')
  for (const bytes of [Buffer.alloc(0), Buffer.from('not a plan'), Buffer.alloc(100_000)]) {
    writeFileSync(planPath, bytes)
    await assert.rejects(openTrtEngine({ planPath, libraryDir: LIBRARIES }), { code: 'ENGINE_INVALID' })
  }
  await assert.rejects(openTrtEngine({ planPath: join(plans.path, 'none'), libraryDir: LIBRARIES }), {
    code: 'NOT_FOUND',
  })
})

import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { loadAddon } from './native-addon.ts'
import type { NativeKernels } from './native-kernels.ts'

const addon = loadAddon()
const kernels = await addon.openKernels({ where: 'cpu' })
afterAll(() => kernels.dispose())

const anything = fc.anything({ withTypedArray: true, withBigInt: true, withNullPrototype: true })
/** Of which some fit, and what is large must be refused before anything of its size is taken. */
const hostile = fc.oneof(
  fc.integer({ min: -1, max: 40 }),
  fc.constantFrom(1.5, 16_384, 16_385, 2 ** 31, 2 ** 53, Number.NaN, 1e300, -0, undefined),
  fc.constantFrom('rgba', 'nv12', 'float16', 'logits', 'corners', 'full'),
  fc.uint8Array({ maxLength: 300 }),
  fc.array(fc.oneof(fc.float(), anything), { maxLength: 4 }),
  anything,
)

type Json = Record<string, unknown>
const bytes = (length: number): Json => ({ data: new Uint8Array(length).fill(63) })
const area = (): Json => ({ x: 1, y: 2, width: 4, height: 3 })
const level = (): Json => ({ cells: 12, columns: 4, stride: 8, scores: bytes(96), boxes: bytes(192 * 4) })
/** Requests that are right, with every field that there is. */
const REQUESTS: Record<'fit' | 'boxes' | 'masks', () => Json> = {
  fit: () => ({
    picture: {
      format: 'nv12',
      width: 8,
      height: 6,
      pitch: 9,
      chromaOffset: 60,
      chromaPitch: 10,
      matrix: 'bt601',
      range: 'full',
      chromaSite: 'centre',
      region: area(),
      byteLength: 90,
      ...bytes(90),
    },
    width: 7,
    height: 9,
    place: area(),
    padValue: 114,
    mean: [1, 2, 3],
    std: [4, 5, 6],
    order: 'bgr',
    type: 'float32',
    keepOnDevice: false,
  }),
  boxes: () => ({
    head: 'sides',
    scores: 'probabilities',
    classes: 2,
    bins: 4,
    unitX: 1,
    unitY: 1,
    padX: 0,
    padY: 0,
    scaleX: 1,
    scaleY: 1,
    pictureWidth: 30,
    pictureHeight: 30,
    minConfidence: 0,
    maxOverlap: 0.5,
    acrossClasses: false,
    candidatesMax: 9,
    keptMax: 9,
    levels: [level(), level()],
  }),
  masks: () => ({
    type: 'float32',
    count: 2,
    rows: [1, 0, 1],
    width: 5,
    height: 4,
    inputWidth: 20,
    inputHeight: 16,
    place: area(),
    outWidth: 33,
    outHeight: 35,
    enlarge: 'probabilities',
    threshold: 0,
    masks: bytes(160),
  }),
}

/** Every object and list in `request`, with the names of what it holds. */
function places(request: object): [object, string][] {
  return Object.entries(request).flatMap(([name, value]: [string, unknown]) => [
    [request, name] as [object, string],
    ...(typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? places(value) : []),
  ])
}

it.each(['fit', 'boxes', 'masks'] as const)('never crashes on what a native %s is given', async (method) => {
  const outcomes = new Set<string>()
  const changes = fc.array(fc.tuple(fc.nat(), hostile), { maxLength: 2 })
  const changed = changes.map((each) => {
    const request = REQUESTS[method]()
    for (const [at, value] of each) {
      const all = places(request)
      const [holder, name] = all[at % all.length] ?? [request, 'type']
      Reflect.set(holder, name, value)
    }
    return request
  })
  const requests = fc.oneof({ weight: 9, arbitrary: changed }, { weight: 1, arbitrary: anything })
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const outcome = await attempt(() => kernels[method](request as never))
      outcomes.add(outcome)
      expect(outcome).toMatch(/^(ok|INVALID_INPUT)$/)
    }),
    { numRuns: 1500 },
  )
  // Both were seen: else the requests show nothing.
  expect([...outcomes].toSorted()).toEqual(['INVALID_INPUT', 'ok'])
})

it('refuses to open what is neither of the CPU nor of a GPU, and to be constructed', async () => {
  const openings = fc.record(
    { where: fc.constantFrom('gpu', 'tpu', 7), device: hostile, binaryPath: anything, sourceDir: anything },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(openings, anything), async (given) => {
      expect(await attempt(async () => (await addon.openKernels(given as never)).dispose())).toMatch(
        /^(INVALID_INPUT|UNAVAILABLE)$/,
      )
    }),
    { numRuns: 100 },
  )
  expect(() => Reflect.construct((kernels as NativeKernels).constructor, [])).toThrow('cannot be constructed')
})

/** The code of what a call throws or rejects with; `ok` when it does neither. */
async function attempt(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return 'ok'
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : `unexpected: ${String(thrown)}`
  }
}

// What every FrameKernels keeps in enlarging masks and writing them as run lengths, against a second writing of it.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Area, FrameKernels, MaskOptions, MaskTensor } from '../frame-kernels.ts'
import { noiseFloats } from '../../gpu/noise.ts'
import { bilinear } from './picture-oracle.ts'

/** Values this near to the threshold may fall on either side of it: the oracle rounds differently. */
const DOUBTFUL = 1e-4

const side = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }))
const outSide = fc.oneof(side, fc.constantFrom(31, 32, 33, 63, 64, 65, 129))

const given = fc
  .record({
    count: fc.integer({ min: 1, max: 4 }),
    width: side,
    height: side,
    outWidth: outSide,
    outHeight: outSide,
    factor: fc.constantFrom(1, 3.5, 4),
    seed: fc.integer(),
    threshold: fc.constantFrom(-3, 0, 0.5, 9),
    type: fc.constantFrom('float32' as const, 'float16' as const),
    isPlaced: fc.boolean(),
    enlarge: fc.constantFrom('values' as const, 'probabilities' as const),
    pads: fc.tuple(fc.nat(10), fc.nat(10)),
  })
  .map(({ width, height, factor, isPlaced, pads: [padX, padY], count, seed, type, ...rest }) => {
    const input = { width: Math.ceil(width * factor), height: Math.ceil(height * factor) }
    const x = Math.min(padX, input.width - 1)
    const y = Math.min(padY, input.height - 1)
    const place: Area = { x, y, width: input.width - x, height: input.height - y }
    const values = noiseFloats(count * width * height, seed, 4)
    const data = type === 'float32' ? values : Float16Array.from(values)
    const options: MaskOptions = {
      width: rest.outWidth,
      height: rest.outHeight,
      threshold: rest.threshold,
      enlarge: rest.enlarge,
      ...(isPlaced && { input: { ...input, place } }),
    }
    return { dims: [count, height, width], data, options }
  })

/** @param numRuns of random cases: a simulated GPU is slow */
export function keepsTheMaskContract(kernels: FrameKernels, numRuns = 120): void {
  it('enlarges masks and writes their runs as the oracle does', async () => {
    await fc.assert(
      fc.asyncProperty(given, async ({ options, dims, data }) => {
        const [count = 0, height = 0, width = 0] = dims
        const tensor: MaskTensor =
          data instanceof Float32Array
            ? { type: 'float32', dims, data: data.slice() }
            : { type: 'float16', dims, data: data.slice() }
        const { masks } = await kernels.masks(tensor, options)
        expect(masks.length).toBe(count)
        masks.forEach(({ runs, counts, area }, mask) => {
          const plane = data.subarray(mask * width * height, (mask + 1) * width * height)
          const bits = bitsOf(runs)
          expect(bits.length).toBe(options.width * options.height)
          expect(bits.reduce((sum, bit) => sum + bit, 0)).toBe(area)
          expect(runsOfText(counts)).toEqual([...runs])
          // Only the first run may be empty: else two runs were one.
          expect(runs.subarray(1).includes(0)).toBe(false)
          bits.forEach((bit, at) => {
            const value = valueByOracle(plane, width, height, options, at)
            const threshold = options.threshold ?? 0
            if (Math.abs(value - threshold) > DOUBTFUL) expect(bit === 1).toBe(value > threshold)
          })
        })
      }),
      { numRuns },
    )
  })

  it('cuts chosen masks in the order asked for as it cuts all of them, and none where none is asked for', async () => {
    const rows = fc.array(fc.nat(), { maxLength: 9 })
    await fc.assert(
      fc.asyncProperty(given, rows, async ({ options, dims, data }, numbers) => {
        const tensor = (): MaskTensor =>
          data instanceof Float32Array
            ? { type: 'float32', dims, data: data.slice() }
            : { type: 'float16', dims, data: data.slice() }
        const chosen = numbers.map((number) => number % (dims[0] ?? 1))
        const all = await kernels.masks(tensor(), options)
        const some = await kernels.masks(tensor(), { ...options, rows: chosen })
        expect(some.masks).toEqual(chosen.map((row) => all.masks[row]))
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    )
  })

  it('refuses a row that is not there', async () => {
    const tensor: MaskTensor = { type: 'float32', dims: [1, 1, 1], data: Float32Array.of(1) }
    const work = kernels.masks(tensor, { width: 1, height: 1, rows: [1] })
    await expect(work).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('writes an empty and a full mask, and runs that go on from column to column', async () => {
    const dims = [1, 3, 2, 2]
    // Row after row: all outside; all inside; the right column.
    const data = Float32Array.of(-1, -1, -1, -1, 1, 1, 1, 1, -1, 1, -1, 1)
    const { masks } = await kernels.masks({ type: 'float32', dims, data }, { width: 2, height: 2 })
    expect(masks.map(({ runs, area }) => [[...runs], area])).toEqual([
      [[4], 0],
      [[0, 4], 4],
      [[2, 2], 2],
    ])
  })

  it('takes the threshold itself, and what is no number, for outside', async () => {
    const data = Float32Array.of(0.5, Number.NaN, Infinity, -Infinity)
    const { masks } = await kernels.masks(
      { type: 'float32', dims: [1, 4, 1], data },
      { width: 1, height: 4, threshold: 0.5 },
    )
    expect([...(masks[0]?.runs ?? [])]).toEqual([2, 1, 1])
  })

  it('refuses masks that are shorter than they say, and sizes that are none', async () => {
    const tensor = (dims: number[], length: number) =>
      ({ type: 'float32', dims, data: new Float32Array(length) }) as const
    const size = { width: 4, height: 4 }
    const refused: [MaskTensor, MaskOptions][] = [
      [tensor([1, 4, 4], 15), size],
      [tensor([5000, 1, 1], 5000), size],
      [tensor([1, 0, 4], 16), size],
      [tensor([1, 4, 4], 16), { ...size, width: 0 }],
      [tensor([1, 4, 4], 16), { ...size, height: 16_385 }],
      [tensor([1, 4, 4], 16), { ...size, threshold: Number.NaN }],
      [
        tensor([1, 4, 4], 16),
        { ...size, input: { width: 8, height: 8, place: { x: 1, y: 0, width: 8, height: 8 } } },
      ],
    ]
    for (const [masks, options] of refused) {
      await expect(kernels.masks(masks, options)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })
}

function valueByOracle(
  plane: ArrayLike<number>,
  width: number,
  height: number,
  options: MaskOptions,
  at: number,
): number {
  const x = Math.floor(at / options.height)
  const y = at % options.height
  const input = options.input ?? { width, height, place: { x: 0, y: 0, width, height } }
  const { place } = input
  const inX = place.x + ((x + 0.5) * place.width) / options.width
  const inY = place.y + ((y + 0.5) * place.height) / options.height
  return bilinear(
    (column, row) => soften(plane[row * width + column] ?? Number.NaN, options),
    (inX * width) / input.width - 0.5,
    (inY * height) / input.height - 0.5,
    [0, 0, width - 1, height - 1],
  )
}

function soften(value: number, { enlarge }: MaskOptions): number {
  return enlarge === 'probabilities' ? 1 / (1 + Math.exp(-value)) : value
}

function bitsOf(runs: Uint32Array): number[] {
  return [...runs].flatMap((run, at) => Array.from({ length: run }, () => at % 2))
}

/** COCO's text read back. */
function runsOfText(text: string): number[] {
  const runs: number[] = []
  let value = 0
  let shift = 0
  for (const character of text) {
    const bits = character.charCodeAt(0) - 48
    value |= (bits & 31) << shift
    shift += 5
    if (bits & 32) continue
    if (bits & 16) value |= -1 << shift
    runs.push(runs.length > 2 ? value + (runs.at(-2) ?? 0) : value)
    value = 0
    shift = 0
  }
  return runs
}

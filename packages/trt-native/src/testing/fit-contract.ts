// What every FrameKernels keeps in fitting pictures, against the oracle and by examples.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Area, FitTarget, FrameKernels } from '../frame-kernels.ts'
import { noise } from '../../gpu/noise.ts'
import { fitByOracle, type OraclePicture } from './picture-oracle.ts'

/** Of a byte: fp32 sums of a few terms of up to some hundred. */
const TOLERANCE_BYTES = 2e-4

const side = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }))

function areaIn(width: number, height: number): fc.Arbitrary<Area> {
  return fc.tuple(fc.nat(width - 1), fc.nat(height - 1)).chain(([x, y]) =>
    fc.record({
      x: fc.constant(x),
      y: fc.constant(y),
      width: fc.integer({ min: 1, max: width - x }),
      height: fc.integer({ min: 1, max: height - y }),
    }),
  )
}

const picture: fc.Arbitrary<OraclePicture> = fc
  .record({
    width: side,
    height: side,
    format: fc.constantFrom('rgb' as const, 'rgba' as const, 'nv12' as const),
    slack: fc.nat(7),
    chromaSlack: fc.nat(5),
    gap: fc.nat(9),
    matrix: fc.constantFrom('bt601' as const, 'bt709' as const, 'bt2020' as const),
    range: fc.constantFrom('limited' as const, 'full' as const),
    chromaSite: fc.constantFrom('left' as const, 'centre' as const),
    seed: fc.integer(),
  })
  .chain((given) => areaIn(given.width, given.height).map((region) => ({ ...given, region })))
  .map(({ slack, chromaSlack, gap, seed, ...rest }) => {
    const { width, height, format } = rest
    const pitch = width * { rgb: 3, rgba: 4, nv12: 1 }[format] + slack
    const chromaPitch = Math.ceil(width / 2) * 2 + chromaSlack
    const chromaOffset = pitch * height + gap
    const chromaBytes = format === 'nv12' ? gap + chromaPitch * Math.ceil(height / 2) : 0
    return { ...rest, pitch, chromaPitch, chromaOffset, data: noise(pitch * height + chromaBytes, seed) }
  })

const target: fc.Arbitrary<FitTarget> = fc.record({ width: side, height: side }).chain(({ width, height }) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    place: areaIn(width, height),
    padValue: fc.nat(255),
    mean: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
    std: fc.tuple(fc.constantFrom(1, 57.375, 127.5, 255), fc.constantFrom(1, 58), fc.constantFrom(1, 60)),
    order: fc.constantFrom('rgb' as const, 'bgr' as const),
    type: fc.constantFrom('float32' as const),
  }),
)

/** @param numRuns of random cases: a simulated GPU is slow */
export function keepsTheFitContract(kernels: FrameKernels, numRuns = 400): void {
  it('fits pictures of any size, format, stride and part as the oracle does', async () => {
    await fc.assert(
      fc.asyncProperty(picture, target, async (given, wanted) => {
        const { tensor } = await kernels.fit({ ...given, bytes: { data: given.data.slice() } }, wanted)
        const expected = fitByOracle(given, wanted)
        expect(tensor.dims).toEqual([1, 3, wanted.height, wanted.width])
        expect(tensor.data.length).toBe(expected.length)
        const tolerance = TOLERANCE_BYTES / Math.min(...wanted.std)
        expect(largestDifference(tensor.data, expected)).toBeLessThan(tolerance)
      }),
      { numRuns },
    )
  })

  it.each([
    [1, 1, 1008, 3],
    [4096, 1, 7, 5],
    [1, 4096, 5, 7],
    [3, 2000, 64, 1],
    [2, 2, 1, 1],
    [1, 1, 1, 1],
  ] as const)('stretches %i x %i to %i x %i in every format', async (width, height, outWidth, outHeight) => {
    for (const format of ['rgb', 'rgba', 'nv12'] as const) {
      const bytes = { rgb: 3, rgba: 4, nv12: 1 }[format] * width * height
      const chroma = format === 'nv12' ? Math.ceil(width / 2) * 2 * Math.ceil(height / 2) : 0
      // Rows of chroma are no shorter than those of luma, when nothing is said of them.
      const data = noise(bytes + Math.max(chroma, width * Math.ceil(height / 2)), 1)
      const given = { format, width, height, data }
      const wanted = {
        width: outWidth,
        height: outHeight,
        mean: [0, 0, 0],
        std: [1, 1, 1],
        type: 'float32',
      } as const
      const { tensor } = await kernels.fit({ ...given, bytes: { data: data.slice() } }, wanted)
      expect(largestDifference(tensor.data, fitByOracle(given, wanted))).toBeLessThan(TOLERANCE_BYTES)
    }
  })

  it('rounds every value to the nearest half, as JavaScript does', async () => {
    await fc.assert(
      fc.asyncProperty(picture, target, fc.integer({ min: -20, max: 20 }), async (given, wanted, power) => {
        // Means and deviations of any size: subnormal halves, and values beyond the largest.
        const scaled = {
          ...wanted,
          std: wanted.std.map((std) => std * 2 ** power) as unknown as FitTarget['std'],
        }
        const bytes = (): { data: Uint8Array } => ({ data: given.data.slice() })
        const full = await kernels.fit({ ...given, bytes: bytes() }, { ...scaled, type: 'float32' })
        const half = await kernels.fit({ ...given, bytes: bytes() }, { ...scaled, type: 'float16' })
        expect(half.tensor.data).toEqual(Float16Array.from(full.tensor.data))
      }),
    )
  })

  it('gives an even picture back exactly, whatever its size', async () => {
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        side,
        side,
        fc.nat(255),
        async (width, height, outWidth, outHeight, grey) => {
          const bytes = { data: new Uint8Array(width * height * 3).fill(grey) }
          const wanted = {
            width: outWidth,
            height: outHeight,
            mean: [0, 0, 0],
            std: [1, 1, 1],
            type: 'float32',
          } as const
          const { tensor } = await kernels.fit({ format: 'rgb', width, height, bytes }, wanted)
          expect(new Set(tensor.data)).toEqual(new Set([grey]))
        },
      ),
    )
  })

  it.each([
    ['white', [235, 128, 128], [255, 255, 255]],
    ['black', [16, 128, 128], [0, 0, 0]],
    ['red', [63, 102, 240], [255, 0, 0]],
    ['blacker than black', [0, 128, 128], [0, 0, 0]],
  ] as const)('knows the %s of BT.709 in limited range', async (_name, [y, cb, cr], rgb) => {
    const bytes = { data: Uint8Array.of(y, y, y, y, cb, cr) }
    const wanted = { width: 1, height: 1, mean: [0, 0, 0], std: [1, 1, 1], type: 'float32' } as const
    const { tensor } = await kernels.fit({ format: 'nv12', width: 2, height: 2, bytes }, wanted)
    rgb.forEach((value, channel) => expect(Math.abs((tensor.data[channel] ?? 0) - value)).toBeLessThan(1))
  })

  it('refuses pictures that are shorter than they say, areas beyond them and numbers that are none', async () => {
    const good = { format: 'rgb', width: 4, height: 4, bytes: { data: new Uint8Array(48) } } as const
    const wanted = { width: 2, height: 2, mean: [0, 0, 0], std: [1, 1, 1], type: 'float32' } as const
    const refused = [
      [{ ...good, bytes: { data: new Uint8Array(47) } }, wanted],
      [{ ...good, pitch: 13 }, wanted],
      [{ ...good, pitch: 11 }, wanted],
      [{ ...good, format: 'rgba' }, wanted],
      [{ ...good, format: 'nv12', width: 8, height: 5, chromaOffset: 33 }, wanted],
      [{ ...good, region: { x: 3, y: 0, width: 2, height: 1 } }, wanted],
      [{ ...good, width: 16_385 }, wanted],
      [good, { ...wanted, place: { x: 0, y: 0, width: 3, height: 1 } }],
      [good, { ...wanted, std: [1, 0, 1] }],
      [good, { ...wanted, mean: [1, Number.NaN, 1] }],
      [good, { ...wanted, width: 0 }],
    ] as const
    for (const [given, asked] of refused) {
      const bytes = { data: given.bytes.data.slice() }
      await expect(kernels.fit({ ...given, bytes } as never, asked as never)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })
    }
  })
}

function largestDifference(actual: ArrayLike<number>, expected: Float64Array): number {
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? Number.NaN))), 0)
}

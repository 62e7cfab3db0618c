import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Engine } from '@sam3-fleet/trt-native/engine'
import type { HostTensor } from '@sam3-fleet/trt-native/tensor'
import { cutMask } from './mask-runs.ts'
import { loadPack, type LoadedPack } from '../pack/load-pack.ts'
import type { Sam3Part } from '../pack/pack-manifest.ts'
import { createGraphSam3 } from './graph-sam3.ts'
import { loadPromptTokenizer } from './prompt-tokens.ts'
import type { Sam3 } from './sam3.ts'
import { createSimulatedDevice, type SimulatedDevice } from './testing/trt-on-onnx.ts'
import { describeSam3, patchwork, TINY_PACK_DIR } from './testing/sam3-contract.ts'
import { boxOfRuns, createTrtGraphs } from './trt-graphs.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Finalizers run in turns of their own. */
async function collectRepeatedly(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function openOn(
  device: SimulatedDevice,
  pack: LoadedPack,
  change: (graph: string, engine: Engine) => Engine = (_graph, engine) => engine,
): Promise<Sam3> {
  const part = pack.manifest.segmenter as Sam3Part
  const { visionEncoder, textEncoder, promptDecoder, trackerDecoder } = part.graphs
  const engines = {
    visionEncoder: change('visionEncoder', await device.engine(join(pack.dir, visionEncoder))),
    textEncoder: await device.engine(join(pack.dir, textEncoder)),
    promptDecoder: change('promptDecoder', await device.engine(join(pack.dir, promptDecoder))),
    trackerDecoder: trackerDecoder === undefined ? null : await device.engine(join(pack.dir, trackerDecoder)),
  }
  return createGraphSam3({
    graphs: createTrtGraphs({ engines, kernels: await device.kernels(), part }),
    part,
    tokenizer: await loadPromptTokenizer(pack.dir, part),
    runsOn: 'tensorrt',
    parallelism: 2,
    nowMs: () => performance.now(),
  })
}

describeSam3('engines, here of onnxruntime', (pack) => openOn(createSimulatedDevice(), pack))

it('leaves nothing on the GPU when a picture is disposed of, whatever was asked and whatever failed', async () => {
  const device = createSimulatedDevice()
  await using sam3 = await openOn(device, await loadPack(TINY_PACK_DIR))
  const seen = await sam3.encode(patchwork(60, 40))
  const held = device.live
  expect(held).toBeGreaterThan(0)
  await seen.find([{ text: 'car' }, { text: 'dog' }], { minConfidence: 0.05 })
  await seen.segment([{ box: [0, 0, 0.5, 0.5], points: [] }])
  await expect(seen.find([{ text: '' }])).rejects.toThrow('neither words nor examples')
  expect(device.live).toBe(held)
  await seen[Symbol.asyncDispose]()
  expect(device.live).toBe(0)
})

it('frees a picture that was forgotten, yet not while a question about it is under way', async () => {
  const device = createSimulatedDevice()
  await using sam3 = await openOn(device, await loadPack(TINY_PACK_DIR))
  // Nobody keeps the picture: only the question knows it until it is answered.
  const asking = sam3.encode(patchwork(60, 40)).then((seen) => seen.find([{ text: 'car' }, { text: 'dog' }]))
  const [found] = await Promise.all([asking, collectRepeatedly()])
  expect(found).toHaveLength(2)
  await expect.poll(() => (collect(), device.live)).toBe(0)
})

it('holds more pictures in a row than at once, when they are forgotten', async () => {
  const device = createSimulatedDevice()
  await using sam3 = await openOn(device, await loadPack(TINY_PACK_DIR))
  const image = patchwork(8, 8)
  for (let n = 0; n < 40; n++) {
    await sam3.encode(image)
    await collectRepeatedly()
  }
  expect(device.live).toBeLessThan(40)
})

it.each([
  ['gives no features', { visionEncoder: { outputs: ['fpn_0'] } }],
  ['gives scores of another type', { promptDecoder: { type: 'int32' } }],
  ['takes no words', { promptDecoder: { without: 'text_features' } }],
] as const)('refuses an engine that %s, and leaves nothing on the GPU', async (_what, change) => {
  const device = createSimulatedDevice()
  await using sam3 = await openOn(device, await loadPack(TINY_PACK_DIR), (graph, engine) => {
    const spoilt = (change as Record<string, Spoilt>)[graph]
    return spoilt ? spoil(engine, spoilt) : engine
  })
  const ask = async (): Promise<unknown> => {
    await using seen = await sam3.encode(patchwork(20, 20))
    return await seen.find([{ text: 'car' }])
  }
  await expect(ask()).rejects.toMatchObject({ code: 'ENGINE_INVALID' })
  expect(device.live).toBe(0)
})

interface Spoilt {
  outputs?: readonly string[]
  type?: string
  without?: string
}

/** Another engine than the pack's: as one of another export would be. */
function spoil(engine: Engine, { outputs, type, without }: Spoilt): Engine {
  return {
    ...engine,
    inputs: engine.inputs.filter(({ name }) => name !== without),
    async run(inputs, options) {
      const result = await engine.run(inputs, options)
      for (const [name, tensor] of Object.entries(result.onDevice))
        if (outputs && !outputs.includes(name)) tensor[Symbol.dispose]()
      const keep = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
        Object.fromEntries(Object.entries(all).filter(([name]) => outputs?.includes(name) ?? true))
      const retype = (tensor: HostTensor): HostTensor =>
        (type === undefined ? tensor : { ...tensor, type }) as HostTensor
      return {
        ...result,
        onDevice: keep(result.onDevice),
        outputs: Object.fromEntries(
          Object.entries(keep(result.outputs)).map(([name, tensor]) => [name, retype(tensor)]),
        ),
      }
    },
  }
}

it('boxes what lies inside of runs as what lies inside of pixels', () => {
  const side = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(
      side,
      side,
      fc.array(fc.boolean(), { minLength: 81, maxLength: 81 }),
      (width, height, bits) => {
        const values = Float32Array.from(bits.slice(0, width * height), Number)
        const { mask, bbox } = cutMask({ values, width, height }, { width, height }, 0.5)
        const runs: number[] = [0]
        for (let x = 0; x < width; x++) {
          for (let y = 0; y < height; y++) {
            const isInside = (values[y * width + x] ?? 0) > 0.5
            if ((runs.length % 2 === 0) !== isInside) runs.push(0)
            runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1
          }
        }
        expect(mask.size).toEqual([height, width])
        expect(boxOfRuns(Uint32Array.from(runs), { width, height })).toEqual(bbox)
      },
    ),
  )
})

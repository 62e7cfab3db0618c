// Engines built, listed, compared and opened where there is no GPU: plans are files that stand for a graph, engines are
// onnxruntime's, everything else is what a device runs.
import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import type { BuildOptions } from '@sam3-fleet/trt-native/build-engine'
import { engineKey, hashModel } from '@sam3-fleet/trt-native/engine-key'
import { createOnnxSam3 } from '../onnx-sam3.ts'
import { loadPack, type LoadedPack } from '../../pack/load-pack.ts'
import { createSimulatedDevice } from '../testing/trt-on-onnx.ts'
import { patchwork, TINY_PACK_DIR } from '../testing/sam3-contract.ts'
import { buildEngines, compareEngines, type BuildDeps } from './trt-build.ts'
import { ENGINE_SET_FILE, type EngineSettings } from './trt-engine-set.ts'
import { checkEngines, openTrtSam3, type OpenDeps } from './trt-open.ts'
import { readParity, writeParity } from './trt-parity.ts'

const pack = await loadPack(TINY_PACK_DIR)
let dir: string
let settings: EngineSettings

beforeEach(async () => {
  const temp = await createTempDir('engines')
  onTestFinished(() => temp[Symbol.asyncDispose]())
  dir = temp.path
  settings = { encoderPath: null, decoderPath: null, enginesDir: dir }
})

/** Machines differ by their TensorRT. */
function machine(tensorrt = '10.6.0'): { build: BuildDeps; open: OpenDeps; built: string[] } {
  const built: string[] = []
  const device = createSimulatedDevice()
  const identify: BuildDeps['identify'] = async (options) => {
    const parts = partsOf(options, await hashModel(options.onnxPath), tensorrt)
    return { key: engineKey(parts), parts: { ...parts }, timingName: 'machine.timing' }
  }
  return {
    built,
    build: {
      identify,
      async build({ onnxPath }, { onProgress } = {}) {
        built.push(onnxPath)
        onProgress?.({ phase: 'building', done: 1 })
        return { plan: new TextEncoder().encode(onnxPath), timingCache: new Uint8Array(1) }
      },
    },
    open: {
      identify,
      openEngine: async (planPath) => device.engine(await readFile(planPath, 'utf8')),
      openKernels: () => device.kernels(),
      nowMs: () => performance.now(),
    },
  }
}

function partsOf({ precision, profile }: BuildOptions, modelSha256: string, tensorrt: string) {
  return {
    modelSha256,
    tensorrt,
    precision,
    profile,
    device: 'a GPU',
    optimizationLevel: 3,
    workspaceBytes: 0,
    detailedLayers: false,
  }
}

const build = (deps: BuildDeps, of: LoadedPack = pack) =>
  buildEngines(of, { precision: 'fp32', outputDir: dir }, deps)

describe('building', () => {
  it('makes a plan of every graph, says how far it is, and builds nothing twice', async () => {
    const { build: deps, built } = machine()
    const heard: string[] = []
    const options = {
      precision: 'fp32',
      outputDir: dir,
      onProgress: ({ graph }: { graph: string }) => void heard.push(graph),
    } as const
    const plans = await buildEngines(pack, options, deps)
    expect(plans.map(({ graph, origin }) => [graph, origin])).toEqual([
      ['visionEncoder', 'built'],
      ['textEncoder', 'built'],
      ['promptDecoder', 'built'],
      ['trackerDecoder', 'built'],
    ])
    expect(heard).toEqual(plans.map(({ graph }) => graph))
    expect((await build(deps)).map(({ origin }) => origin)).toEqual(['kept', 'kept', 'kept', 'kept'])
    expect(built).toHaveLength(4)
  })

  it('builds anew what is damaged, and all of it for another TensorRT', async () => {
    const here = machine()
    const [first] = await build(here.build)
    await truncate(first?.planPath ?? '', 3)
    expect((await build(here.build)).map(({ origin }) => origin)).toEqual(['built', 'kept', 'kept', 'kept'])
    const updated = machine('10.7.0')
    await build(updated.build)
    expect(updated.built).toHaveLength(4)
  })
})

describe('opening', () => {
  it('answers as the pack does, and says that nobody compared it', async () => {
    const { build: deps, open } = machine()
    await build(deps)
    const { sam3, warnings } = await openTrtSam3(pack, settings, open)
    await using _sam3 = sam3
    expect(warnings.join()).toContain('never compared')
    await using seen = await sam3.encode(patchwork(80, 60))
    expect((await seen.find([{ text: 'car' }], { minConfidence: 0.05 }))[0]?.length).toBeGreaterThan(0)
  })

  it('takes plans that are named, and the others from beside the decoder', async () => {
    const { build: deps, open } = machine()
    const plans = await build(deps)
    const decoderPath = plans.find(({ graph }) => graph === 'promptDecoder')?.planPath ?? ''
    const encoderPath = plans.find(({ graph }) => graph === 'visionEncoder')?.planPath ?? ''
    const checked = await checkEngines(pack, { encoderPath, decoderPath, enginesDir: '/nowhere' }, open)
    expect(checked.map(({ planPath, refusal }) => [planPath, refusal])).toEqual(
      plans.map(({ planPath }) => [planPath, null]),
    )
  })

  it.each([
    ['a plan that is gone', 'is not there', async () => rm(join(dir, 'text-encoder.fp32.plan'))],
    ['a plan that is cut short', 'is damaged', async () => truncate(join(dir, 'text-encoder.fp32.plan'), 3)],
    ['a plan without its manifest', 'no manifest', async () => rm(join(dir, 'text-encoder.fp32.plan.json'))],
  ])('refuses %s, and says what to do', async (_name, why, spoil) => {
    const { build: deps, open } = machine()
    await build(deps)
    await spoil()
    const refusal = openTrtSam3(pack, settings, open)
    await expect(refusal).rejects.toMatchObject({
      code: 'ENGINE_INVALID',
      message: expect.stringContaining(why),
      hint: expect.stringContaining('fleet engines build'),
    })
  })

  it('refuses plans of another TensorRT, of another pack, and a folder without engines', async () => {
    await build(machine().build)
    const other = openTrtSam3(pack, settings, machine('10.7.0').open)
    await expect(other).rejects.toMatchObject({ message: expect.stringContaining('another TensorRT') })
    const newer = { ...pack, manifest: { ...pack.manifest, version: '9.9.9' } }
    await expect(openTrtSam3(newer, settings, machine().open)).rejects.toMatchObject({
      code: 'ENGINE_INVALID',
      message: expect.stringContaining('9.9.9'),
    })
    await writeFile(join(dir, ENGINE_SET_FILE), '{}')
    await expect(openTrtSam3(pack, settings, machine().open)).rejects.toMatchObject({
      code: 'ENGINE_INVALID',
    })
    await rm(join(dir, ENGINE_SET_FILE))
    await expect(openTrtSam3(pack, settings, machine().open)).rejects.toMatchObject({
      hint: expect.stringContaining('fleet engines build'),
    })
  })
})

describe('comparing', () => {
  it('keeps a report beside each plan, by which the plan is used or refused', async () => {
    const { build: deps, open } = machine()
    const plans = await build(deps)
    const candidate = await openTrtSam3(pack, settings, open)
    await using _candidate = candidate.sam3
    await using reference = await createOnnxSam3(pack, { workers: 1 })
    const options = {
      plans,
      precision: 'fp32',
      reference: 'itself',
      pictures: [patchwork(168, 168)],
    } as const
    const measures = await compareEngines(pack, { candidate: candidate.sam3, reference }, options)
    // A picture of the input's own size is not scaled: all that is left is the order of rounding.
    expect(measures).toMatchObject({ matchedPart: 1, boxIou: { min: expect.closeTo(1, 3) } })
    expect(measures.objects).toBeGreaterThan(0)
    expect((await openAndClose(open)).warnings).toEqual([])

    const planPath = plans[0]?.planPath ?? ''
    const report = await readParity(planPath)
    if (!report) throw new Error('the report is there')
    await writeParity(planPath, { ...report, maskIou: { mean: 0.2, min: 0 } })
    await expect(openTrtSam3(pack, settings, open)).rejects.toMatchObject({
      code: 'ENGINE_INACCURATE',
      message: expect.stringContaining('mask IoU 0.200'),
    })
    const forgiven = await openTrtSam3(pack, { ...settings, ignoreParity: true }, open)
    await forgiven.sam3[Symbol.asyncDispose]()
    // A report of another plan says nothing of this one.
    await writeParity(planPath, { ...report, planSha256: 'of another', maskIou: { mean: 0.2, min: 0 } })
    expect((await openAndClose(open)).warnings.join()).toContain('visionEncoder')
  })

  async function openAndClose(open: OpenDeps) {
    const opened = await openTrtSam3(pack, settings, open)
    await opened.sam3[Symbol.asyncDispose]()
    return opened
  }
})

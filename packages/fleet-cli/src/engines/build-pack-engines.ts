// `fleet engines build`: a checkpoint or a pack in, engines of this GPU out, each with a report of how it compares.
import { join } from 'node:path'
import { loadPack, type LoadedPack } from '@sam3-fleet/models/pack/load-pack'
import { createOnnxSam3 } from '@sam3-fleet/models/sam3/onnx-sam3'
import {
  buildEngines,
  compareEngines,
  type BuildProgress,
  type BuiltPlan,
} from '@sam3-fleet/models/sam3/engines/trt-build'
import type { Sam3Precision } from '@sam3-fleet/models/sam3/engines/trt-engine-graphs'
import { openTrtSam3 } from '@sam3-fleet/models/sam3/engines/trt-open'
import { parityPictures } from '@sam3-fleet/models/sam3/engines/pictures'
import { underGate } from '@sam3-fleet/models/sam3/engines/trt-parity'
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts'
import { sam3Pack } from './engines-folder.ts'
import { exportCheckpoint } from './export-checkpoint.ts'

export interface BuildOptions {
  pack?: string | undefined
  checkpoint?: string | undefined
  reference?: string | undefined
  precision: Sam3Precision
  outputDir: string
  libraryDir?: string | undefined
  device: number
  env: Record<string, string | undefined>
  signal: AbortSignal
}

interface Packs {
  pack: LoadedPack
  /** The same model in full precision; null when there is none to compare with. */
  reference: LoadedPack | null
}

/** @throws FleetError as exportCheckpoint, buildEngines and openTrtSam3. */
export async function buildPackEngines(options: BuildOptions, terminal: Terminal): Promise<ExitCode> {
  const { precision, outputDir, libraryDir, device, signal } = options
  const { pack, reference } = await packsOf(options, terminal)
  const place = { device, libraryDir }
  const plans = await buildEngines(pack, {
    precision,
    outputDir,
    ...place,
    signal,
    onProgress: teller(terminal),
  })
  for (const { graph, planPath, origin } of plans) terminal.result(`${origin} ${graph}  ${planPath}`)
  if (!reference) {
    terminal.note(
      'not compared: this pack is in half precision; give the same in fp32 with --reference FOLDER',
    )
    return EXIT.ok
  }
  return compare({ pack, reference }, plans, options, terminal)
}

async function compare(
  { pack, reference }: { pack: LoadedPack; reference: LoadedPack },
  plans: readonly BuiltPlan[],
  { precision, outputDir, libraryDir, device, signal }: BuildOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  terminal.note('comparing with the model in full precision, on the CPU: minutes for the full model')
  // A report of an earlier build under the gate must not keep the comparison from being made again.
  const settings = { encoderPath: null, decoderPath: null, enginesDir: outputDir, device, libraryDir }
  const { sam3: candidate } = await openTrtSam3(pack, { ...settings, ignoreParity: true })
  await using _candidate = candidate
  await using exact = await createOnnxSam3(reference, { workers: 1 })
  const { id, version } = reference.manifest
  const measures = await compareEngines(
    pack,
    { candidate, reference: exact },
    {
      plans,
      precision,
      reference: `${id} ${version} in fp32 on onnxruntime`,
      pictures: await parityPictures(),
      signal,
    },
  )
  const { objects, boxIou, maskIou, scoreDrift } = measures
  terminal.result(
    `${precision} against fp32 over ${objects} objects: box IoU ${boxIou.mean.toFixed(3)}, mask IoU ${maskIou.mean.toFixed(3)}, score drift ${scoreDrift.mean.toFixed(4)}`,
  )
  const wrong = underGate(measures)
  for (const line of wrong) terminal.note(`under the gate: ${line}`)
  return wrong.length === 0 ? EXIT.ok : EXIT.failed
}

async function packsOf(options: BuildOptions, terminal: Terminal): Promise<Packs> {
  const { checkpoint, outputDir, precision } = options
  if (checkpoint === undefined) {
    const pack = await sam3Pack(options.pack)
    const isExact = pack.manifest.segmenter?.dtype === 'float32'
    const reference =
      options.reference === undefined ? (isExact ? pack : null) : await sam3Pack(options.reference)
    return { pack, reference }
  }
  const exported = async (dtype: 'fp16' | 'fp32'): Promise<LoadedPack> => {
    const into = join(outputDir, `pack-${dtype}`)
    await exportCheckpoint({ checkpoint, into, dtype, env: options.env, signal: options.signal }, terminal)
    return loadPack(into)
  }
  const reference = await exported('fp32')
  const pack = precision === 'fp16' ? await exported('fp16') : reference
  terminal.note(`the agent sees with it when FLEET_MODEL_PACK=${pack.dir}`)
  return { pack, reference }
}

/** A line for each graph and phase, not one for each of thousands of steps. */
function teller(terminal: Terminal): (progress: BuildProgress) => void {
  let last = ''
  return ({ graph, phase, done }) => {
    const line = `${graph}: ${phase} ${Math.floor(done * 10) * 10} %`
    if (line === last) return
    last = line
    terminal.note(line)
  }
}

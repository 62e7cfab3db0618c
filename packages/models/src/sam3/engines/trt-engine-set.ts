// The plans of one pack on one device: a file beside them says which plan is of which graph. SAM3_ENCODER_ENGINE and
// SAM3_DECODER_ENGINE name plans of their own; the others lie beside the decoder and are found by that file.
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { writeWhole } from '@sam3-fleet/trt-native/plan-file'
import { GRAPH_NAMES, SAM3_PRECISIONS, type GraphName } from './trt-engine-graphs.ts'

export const ENGINE_SET_FILE = 'sam3-engines.json'
export const BUILD_HINT = 'Build them on this device with "fleet engines build --pack FOLDER".'

const planName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a file beside this one')

const engineSetSchema = z.object({
  schema: z.literal(1),
  pack: z.object({ id: z.string(), version: z.string() }),
  precision: z.enum(SAM3_PRECISIONS),
  plans: z.partialRecord(z.enum(GRAPH_NAMES), planName),
})
export type EngineSet = z.infer<typeof engineSetSchema>

export interface LocatedEngines {
  set: EngineSet
  /** Absolute, of each graph that has a plan. */
  paths: Partial<Record<GraphName, string>>
}

export interface EngineSettings {
  /** SAM3_ENCODER_ENGINE. */
  encoderPath: string | null
  /** SAM3_DECODER_ENGINE. */
  decoderPath: string | null
  /** Where plans lie when no decoder is named. */
  enginesDir: string
}

/** @throws FleetError ENGINE_INVALID when there is no set, or it does not have the documented form. */
export async function readEngineSet(dir: string): Promise<EngineSet> {
  const path = join(dir, ENGINE_SET_FILE)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new FleetError('ENGINE_INVALID', `there are no SAM3 engines in ${dir}`, { hint: BUILD_HINT, cause })
  })
  try {
    return engineSetSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new FleetError('ENGINE_INVALID', `${path} does not describe engines`, { hint: BUILD_HINT, cause })
  }
}

export async function writeEngineSet(dir: string, set: EngineSet): Promise<void> {
  const text = `${JSON.stringify(engineSetSchema.parse(set), null, 2)}\n`
  await writeWhole(join(dir, ENGINE_SET_FILE), new TextEncoder().encode(text))
}

/** @throws FleetError as readEngineSet. */
export async function locateEngines(settings: EngineSettings): Promise<LocatedEngines> {
  const { encoderPath, decoderPath, enginesDir } = settings
  const dir = decoderPath === null ? enginesDir : dirname(decoderPath)
  const set = await readEngineSet(dir)
  const beside = Object.fromEntries(
    Object.entries(set.plans).map(([graph, plan]) => [graph, isAbsolute(plan) ? plan : join(dir, plan)]),
  )
  return {
    set,
    paths: {
      ...beside,
      ...(encoderPath !== null && { visionEncoder: encoderPath }),
      ...(decoderPath !== null && { promptDecoder: decoderPath }),
    },
  }
}

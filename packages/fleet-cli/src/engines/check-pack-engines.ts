// `fleet engines check`: each engine of a pack, and why it would be refused.
import { checkEngines } from '@sam3-fleet/models/sam3/engines/trt-open'
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts'
import { sam3Pack } from './engines-folder.ts'

export interface CheckOptions {
  pack?: string | undefined
  outputDir: string
  libraryDir?: string | undefined
  device: number
  /** Plans that are named one by one, as the agent's settings name them. */
  encoder?: string | undefined
  decoder?: string | undefined
}

/** @throws FleetError as checkEngines. */
export async function checkPackEngines(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const { outputDir, libraryDir, device, encoder = null, decoder = null } = options
  const checked = await checkEngines(await sam3Pack(options.pack), {
    encoderPath: encoder,
    decoderPath: decoder,
    enginesDir: outputDir,
    device,
    libraryDir,
  })
  for (const { graph, planPath, precision, refusal, isUnproved } of checked) {
    const fits = isUnproved ? 'fits, but was never compared with the reference' : 'fits'
    terminal.result(
      `${graph} ${precision}  ${planPath}\n  ${refusal ? `${refusal.code}: ${refusal.message}` : fits}`,
    )
  }
  return checked.some(({ refusal }) => refusal) ? EXIT.failed : EXIT.ok
}

// `fleet packs pull`: brings a pack from a folder, an address or a hub, and says where it lies.
import { parseOrigin, type HubAccess } from '@sam3-fleet/models/pack/pack-origin'
import { pullPack } from '@sam3-fleet/models/pack/pull-pack'
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts'
import { megabytes } from './packs-folder.ts'

const OUTCOMES = {
  pulled: 'pulled',
  present: 'is here already, whole',
  repaired: 'was damaged and is whole again',
} as const

export interface PullCommandOptions {
  packsDir: string
  hub: HubAccess
  signal: AbortSignal
}

/** @throws FleetError of parseOrigin and pullPack. */
export async function pullOnePack(
  written: string,
  { packsDir, hub, signal }: PullCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const origin = parseOrigin(written, hub)
  terminal.note(`pulling ${origin.description}`)
  const { dir, manifest, outcome } = await pullPack(origin, {
    into: packsDir,
    signal,
    onFile: (file, done, of) => terminal.note(`  ${done}/${of}  ${file.path}  ${file.licence}`),
  })
  terminal.note(`${manifest.id} ${manifest.version} (${megabytes(manifest)}) ${OUTCOMES[outcome]}`)
  terminal.note('To run it: FLEET_MODEL_PACK=<the folder below>')
  terminal.result(dir)
  return EXIT.ok
}

// Where engines lie on this machine, and the pack that a command speaks of.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadPack, type LoadedPack } from '@sam3-fleet/models/pack/load-pack'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** In the device's data folder, where the agent looks. */
export function enginesDir(env: Record<string, string | undefined>): string {
  return join(env['FLEET_DATA_DIR'] ?? join(homedir(), '.cache', 'sam3_deepstream'), 'engines')
}

/** @throws FleetError INVALID_INPUT when none is named, PACK_INVALID when it has no SAM3. */
export async function sam3Pack(folder: string | undefined): Promise<LoadedPack> {
  if (folder === undefined) {
    throw new FleetError('INVALID_INPUT', 'which pack?', {
      hint: 'Name a SAM3 pack with --pack FOLDER or FLEET_MODEL_PACK, or a checkpoint with --checkpoint PATH.',
    })
  }
  const pack = await loadPack(folder)
  if (pack.manifest.segmenter) return pack
  throw new FleetError('PACK_INVALID', `the pack ${pack.manifest.id} has no SAM3`, {
    hint: 'tools/sam3-export makes one from a checkpoint.',
  })
}

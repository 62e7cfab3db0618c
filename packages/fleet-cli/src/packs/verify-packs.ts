// `fleet packs verify`: compares every file of the given packs with its pack.json.
import { readManifest } from '@sam3-fleet/models/pack/load-pack'
import { verifyFolder } from '@sam3-fleet/models/pack/verify-pack'
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts'

/** @throws FleetError PACK_INVALID for a folder without a pack.json that can be read. */
export async function verifyPacks(dirs: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let wrong = 0
  for (const dir of dirs) {
    const manifest = await readManifest(dir)
    const verdicts = await verifyFolder(dir, manifest)
    for (const { path, state } of verdicts) terminal.result(`${state.padEnd(12)}  ${path}`)
    const bad = verdicts.filter(({ state }) => state !== 'ok').length
    wrong += bad
    terminal.note(
      `${manifest.id} ${manifest.version} in ${dir}: ${bad === 0 ? 'whole' : `${bad} files are wrong`}`,
    )
  }
  if (wrong > 0)
    terminal.note('Bring a damaged pack again with "fleet packs pull"; remove files that are not listed.')
  return wrong > 0 ? EXIT.failed : EXIT.ok
}

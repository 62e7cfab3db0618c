// `fleet packs list`: the packs that came with the product and those that were pulled.
import { BUNDLED_PACKS_DIR } from '@sam3-fleet/models/pack/load-pack'
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts'
import { findPacks, megabytes, partsOf, type FoundPack } from './packs-folder.ts'

export async function listPacks(
  options: { packsDir: string; json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const found = (await Promise.all([BUNDLED_PACKS_DIR, options.packsDir].map(findPacks))).flat()
  if (options.json) terminal.result(JSON.stringify(found.map(asJson), null, 2))
  else for (const pack of found) terminal.result(asLine(pack))
  terminal.note(`${found.length} packs in ${BUNDLED_PACKS_DIR} and ${options.packsDir}`)
  return found.some((pack) => 'problem' in pack) ? EXIT.failed : EXIT.ok
}

function asLine(pack: FoundPack): string {
  if ('problem' in pack) return `${pack.dir}\n  not a pack: ${pack.problem}`
  const { manifest, dir } = pack
  return `${manifest.id} ${manifest.version}  ${megabytes(manifest)}  ${dir}\n  ${manifest.title}\n  ${partsOf(manifest)}`
}

function asJson(pack: FoundPack): object {
  if ('problem' in pack) return pack
  const { id, version, title, files, detector, textEncoder, imageEncoder } = pack.manifest
  return {
    id,
    version,
    title,
    dir: pack.dir,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    labels: detector?.labels ?? [],
    spaces: [textEncoder, imageEncoder].flatMap((part) => (part ? [part.space.spaceId] : [])),
  }
}

// The model pack: every file by its sha256, and one inference on a made picture with its time.
import { readManifest } from '@sam3-fleet/models/pack/load-pack'
import { openPack, type OpenPackOptions } from '@sam3-fleet/models/pack/open-pack'
import { verifyFiles } from '@sam3-fleet/models/pack/verify-pack'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { failure, ok, type Check } from './finding.ts'

const AGAIN = 'Bring the pack again: fleet packs pull, or install_jetson.sh --pack DIR.'

export interface PackDeps extends Pick<OpenPackOptions, 'openSam3'> {
  packDir: string
}

export const checkPack =
  ({ packDir, openSam3 }: PackDeps): Check =>
  async () => {
    try {
      const manifest = await readManifest(packDir)
      const wrong = (await verifyFiles(packDir, manifest)).filter(({ state }) => state !== 'ok')
      const name = `${manifest.id} ${manifest.version}`
      if (wrong.length > 0)
        return [
          failure('pack', `${name}: ${wrong.map(({ path, state }) => `${path} ${state}`).join(', ')}`, AGAIN),
        ]
      return [
        ok('pack', `${name}: ${manifest.files.length} files are what pack.json says`),
        await tryInference({ packDir, openSam3 }),
      ]
    } catch (thrown) {
      const { message, hint } = toFleetError(thrown)
      return [failure('pack', message, hint || AGAIN)]
    }
  }

async function tryInference({ packDir, openSam3 }: PackDeps): Promise<ReturnType<typeof ok>> {
  try {
    await using pack = await openPack(packDir, { detectorWorkers: 1, openSam3 })
    const { width, height } = pack.detector.inputSize
    const { inferenceMs } = await pack.detector.detect(greyFrame(width, height))
    await pack.textEncoder.encode(['a person'])
    return ok('inference', `one picture of ${width} x ${height} took ${Math.round(inferenceMs)} ms`)
  } catch (thrown) {
    const { message, hint } = toFleetError(thrown)
    return failure('inference', message, hint || AGAIN)
  }
}

function greyFrame(width: number, height: number): DetectorFrame {
  const picture = (): { data: Uint8Array; width: number; height: number } => ({
    data: new Uint8Array(width * height * 3).fill(128),
    width,
    height,
  })
  return { image: picture(), input: picture(), letterbox: { scale: 1, padX: 0, padY: 0 } }
}

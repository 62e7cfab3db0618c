// GPU and TensorRT as the native addon finds them, and every engine with its parity report.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readParity, underGate } from '@sam3-fleet/models/sam3/engines/trt-parity'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { probe } from '@sam3-fleet/trt-native/probe'
import { failure, ok, warning, type Check, type Finding } from './finding.ts'

export interface GpuDeps {
  /** Plans that the settings name. */
  engines: readonly string[]
  /** Folder in which `fleet engines build` leaves the others. */
  enginesDir: string
  find?: typeof probe
}

export const checkGpu =
  ({ engines: named, enginesDir, find = probe }: GpuDeps): Check =>
  async () => {
    const found = await find()
    const engines = new Set([...named, ...(await plansIn(enginesDir))])
    const findings = [
      found.canRun
        ? ok('gpu', found.sentence)
        : (engines.size > 0 ? failure : warning)(
            'gpu',
            found.sentence,
            'The default pack works on the CPU; for engines install nvidia-jetpack and run install_jetson.sh again.',
          ),
    ]
    for (const path of engines) findings.push(await checkEngine(path))
    return findings
  }

async function checkEngine(path: string): Promise<Finding> {
  const todo = 'Build it again: install_jetson.sh --checkpoint PATH.'
  const plan = await stat(path).catch(() => null)
  if (!plan?.isFile()) return failure('engine', `${path} is missing`, todo)
  const detail = `${path}, ${(plan.size / 1e6).toFixed(0)} MB`
  try {
    const report = await readParity(path)
    if (report === null) return warning('engine', `${detail}, never compared with its checkpoint`, todo)
    const wrong = underGate(report)
    const { precision, boxIou, maskIou } = report
    return wrong.length === 0
      ? ok(
          'engine',
          `${detail}, ${precision}: box IoU ${boxIou.mean.toFixed(3)}, mask IoU ${maskIou.mean.toFixed(3)}`,
        )
      : failure('engine', `${detail}, differs too much from its checkpoint: ${wrong.join('; ')}`, todo)
  } catch (thrown) {
    return failure('engine', toFleetError(thrown).message, todo)
  }
}

/** Plans in a folder; the settings need not name those that lie where the agent looks. */
async function plansIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.plan')).map((name) => join(folder, name))
}

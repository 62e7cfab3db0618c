// GPU and TensorRT as the native addon finds them, and every engine with its parity report.
import { readFile, stat } from 'node:fs/promises'
import { probe } from '@sam3-fleet/trt-native/probe'
import { failure, ok, warning, type Check, type Finding } from './finding.ts'

export interface GpuDeps {
  /** Plans that the settings name. */
  engines: readonly string[]
  find?: typeof probe
}

export const checkGpu =
  ({ engines, find = probe }: GpuDeps): Check =>
  async () => {
    const found = await find()
    const findings = [
      found.canRun
        ? ok('gpu', found.sentence)
        : (engines.length > 0 ? failure : warning)(
            'gpu',
            found.sentence,
            'The default pack works on the CPU; for engines install nvidia-jetpack and run install_jetson.sh again.',
          ),
    ]
    for (const path of engines) findings.push(await checkEngine(path))
    return findings
  }

/** What `fleet engines build` writes beside a plan: how far it is from the fp32 reference. */
const PARITY_SUFFIX = '.parity.json'

async function checkEngine(path: string): Promise<Finding> {
  const todo = 'Build it again: install_jetson.sh --checkpoint PATH.'
  const plan = await stat(path).catch(() => null)
  if (!plan?.isFile()) return failure('engine', `${path} is missing`, todo)
  const report = await readFile(path + PARITY_SUFFIX, 'utf8').catch(() => null)
  const detail = `${path}, ${(plan.size / 1e6).toFixed(0)} MB`
  if (report === null) return warning('engine', `${detail}, without a parity report`, todo)
  return saysNo(report)
    ? failure('engine', `${detail}, differs too much from its checkpoint`, todo)
    : ok('engine', `${detail}, within its parity gate`)
}

function saysNo(report: string): boolean {
  try {
    const { passed } = JSON.parse(report) as { passed?: unknown }
    return passed !== true
  } catch {
    return true
  }
}

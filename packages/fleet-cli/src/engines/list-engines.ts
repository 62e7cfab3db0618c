// `fleet engines list`: what lies in the folder of engines, without asking a GPU.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readEngineSet } from '@sam3-fleet/models/sam3/engines/trt-engine-set'
import { readParity, underGate, type ParityReport } from '@sam3-fleet/models/sam3/engines/trt-parity'
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts'

/** @throws FleetError ENGINE_INVALID when there are none. */
export async function listEngines(
  { outputDir, json }: { outputDir: string; json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const set = await readEngineSet(outputDir)
  const plans = await Promise.all(
    Object.entries(set.plans).map(async ([graph, plan]) => {
      const path = join(outputDir, plan)
      const about = await stat(path).catch(() => null)
      return { graph, path, bytes: about?.size ?? null, parity: await readParity(path) }
    }),
  )
  if (json) terminal.result(JSON.stringify({ ...set, plans }, null, 2))
  else {
    terminal.result(`${set.pack.id} ${set.pack.version}, ${set.precision}, in ${outputDir}`)
    for (const { graph, bytes, parity } of plans) {
      const size = bytes === null ? 'is not there' : `${(bytes / 1e6).toFixed(1)} MB`
      terminal.result(`  ${graph.padEnd(15)} ${size.padStart(12)}  ${parityLine(parity)}`)
    }
  }
  return plans.some(({ bytes }) => bytes === null) ? EXIT.failed : EXIT.ok
}

/** One line for a person. */
export function parityLine(report: ParityReport | null): string {
  if (!report) return 'never compared with the reference'
  const { boxIou, maskIou, scoreDrift, objects } = report
  const wrong = underGate(report)
  const verdict = wrong.length === 0 ? 'passes' : `UNDER THE GATE (${wrong.join('; ')})`
  const figures = `box IoU ${boxIou.mean.toFixed(3)}, mask IoU ${maskIou.mean.toFixed(3)}, score drift ${scoreDrift.mean.toFixed(4)}`
  return `${figures} over ${objects} objects: ${verdict}`
}

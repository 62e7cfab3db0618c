// Whether this device is well: every check in turn, and what is to be done. Looks only; changes nothing.
import { openTrtSam3 } from '@sam3-fleet/models/sam3/engines/trt-open'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { AGENT_VERSION } from './agent-version.ts'
import { readEdgeConfig } from './config/edge-config.ts'
import { checkAgent, type AgentDeps } from './doctor/check-agent.ts'
import { checkDatabase } from './doctor/check-database.ts'
import { checkDisk } from './doctor/check-disk.ts'
import { checkClock, checkTemperature, checkVersions } from './doctor/check-machine.ts'
import { checkPack } from './doctor/check-pack.ts'
import { failure, type Check, type Finding } from './doctor/finding.ts'
import { checkGpu } from './doctor/trt-check-gpu.ts'
import { readCredentials } from './sync/enrol.ts'

export interface ExamineOptions {
  /** The agent need not run yet: what is asked of it is left out. */
  beforeStart: boolean
  /** Empty on a device; tests look at files in the real format. */
  root?: string
  onFinding?: (finding: Finding) => void
}

/** Never throws: settings that are wrong are a finding too. */
export async function examineDevice(
  env: Readonly<Record<string, string | undefined>>,
  { beforeStart, root = '/', onFinding = () => undefined }: ExamineOptions,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const check of await checksFor(env, { beforeStart, root }))
    for (const finding of await check().catch(asFinding)) {
      findings.push(finding)
      onFinding(finding)
    }
  return findings
}

/** A check that breaks must not take the others with it. */
function asFinding(thrown: unknown): Finding[] {
  const { message, hint } = toFleetError(thrown)
  return [
    failure('doctor', `a check could not be made: ${message}`, hint || 'docs/jetson.md has the settings.'),
  ]
}

async function checksFor(
  env: Readonly<Record<string, string | undefined>>,
  { beforeStart, root }: { beforeStart: boolean; root: string },
): Promise<Check[]> {
  const machine = { root, agentVersion: AGENT_VERSION, nowMs: () => systemClock.nowMs() }
  const onMachine = [checkVersions(machine), checkClock(machine), checkTemperature(machine)]
  try {
    const config = readEdgeConfig(env)
    const credentials = await readCredentials(config.credentialsPath)
    const agent: AgentDeps = {
      port: config.api.port,
      token: config.api.token,
      mqttUrl: credentials?.mqttUrl ?? config.mqttUrl,
      centreUrl: config.centreUrl,
    }
    const { sam3 } = config
    return [
      ...onMachine,
      checkGpu({
        engines: [sam3.encoderPath, sam3.decoderPath].filter((path) => path !== null),
        enginesDir: sam3.enginesDir,
      }),
      checkPack({
        packDir: config.packDir,
        // By what the agent runs it on: a full SAM3 on the CPU would take the memory that the agent lives from.
        openSam3:
          sam3.runtime === 'onnxruntime' ? undefined : async (pack) => (await openTrtSam3(pack, sam3)).sam3,
      }),
      checkDisk({ dataDir: config.dataDir, nowMs: () => systemClock.monotonicMs() }),
      checkDatabase(config),
      ...(beforeStart ? [] : [checkAgent(agent)]),
    ]
  } catch (thrown) {
    const { message, hint } = toFleetError(thrown)
    return [...onMachine, () => Promise.resolve([failure('settings', message, hint)])]
  }
}

// The agent as a process: settings in, one line when it is ready, an orderly end on SIGTERM and SIGINT.
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { createAgent } from './agent.ts'
import { readEdgeConfig } from './config/edge-config.ts'
import { createServiceManager } from './observe/service-manager.ts'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort(new Error(name)))

try {
  const agent = await createAgent(readEdgeConfig(process.env))
  agent.log.info({ url: agent.url }, `device ${agent.deviceId} is ready at ${agent.url}`)
  const systemd = createServiceManager({
    env: process.env,
    clock: systemClock,
    onSilence: (reason) => agent.log.warn({ reason }, 'systemd does not hear that the agent lives'),
  })
  await Promise.all([agent.run(stop.signal), systemd.run(stop.signal)])
  process.exit(0)
} catch (thrown) {
  const error = toFleetError(thrown)
  process.stderr.write(`${error.message}\n${error.hint}\n`)
  process.exit(1)
}

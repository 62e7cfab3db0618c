// The centre as a process: settings in, one line when it is ready, an orderly end on SIGTERM and SIGINT.
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { createAggregator } from './aggregator.ts'
import { readCentreConfig } from './config/centre-config.ts'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort(new Error(name)))

try {
  const aggregator = await createAggregator(readCentreConfig(process.env))
  aggregator.log.info(
    { url: aggregator.url, mqttUrl: aggregator.mqttUrl },
    `the centre is ready at ${aggregator.url}, devices connect to ${aggregator.mqttUrl}`,
  )
  await aggregator.run(stop.signal)
  process.exit(0)
} catch (thrown) {
  const error = toFleetError(thrown)
  process.stderr.write(`${error.message}\n${error.hint}\n`)
  process.exit(1)
}

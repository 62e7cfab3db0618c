// What the running agent says of itself: that it answers, how far sync is behind, and its index against its database.
import { createConnection } from 'node:net'
import type { z } from 'zod'
import { deviceStatusSchema } from '@sam3-fleet/shared/fleet/device-status'
import { failure, ok, warning, type Check, type Finding } from './finding.ts'

/** Milliseconds for one answer of the agent, and for a broker to take a connection. */
const ANSWER_MAX_MS = 5_000
const BROKER_MAX_MS = 5_000
/** Entries that may wait for the centre without anybody having to know. */
const BACKLOG_SEEN = 5_000
const PORTS: Readonly<Record<string, number>> = {
  'mqtt:': 1883,
  'mqtts:': 8883,
  'tcp:': 1883,
  'ssl:': 8883,
  'ws:': 80,
  'wss:': 443,
}

const statsSchema = deviceStatusSchema.pick({ sync: true, totals: true, warnings: true })
type Stats = z.infer<typeof statsSchema> & { index: { kind: string; size: number; reason: string | null } }

export interface AgentDeps {
  port: number
  token: string | null
  /** Broker that the device sends to; null when it works alone. */
  mqttUrl: string | null
  centreUrl: string | null
}

export const checkAgent =
  (deps: AgentDeps): Check =>
  async () => {
    const stats = await readStats(deps)
    if (typeof stats === 'string')
      return [
        failure(
          'agent',
          `no answer at port ${deps.port}: ${stats}`,
          'systemctl restart sam3-fleet-agent; journalctl -u sam3-fleet-agent says why it ended.',
        ),
        ...(await checkBroker(deps)),
      ]
    const { index, totals, warnings } = stats
    const findings: Finding[] = [
      ok('agent', `answers at port ${deps.port}`),
      index.size === totals.vectors
        ? ok('index', `${index.kind} holds all ${index.size} vectors of the database`)
        : warning(
            'index',
            `${index.kind} holds ${index.size} vectors, the database ${totals.vectors}`,
            'While much is coming in this passes; else restart the agent, which builds it again.',
          ),
    ]
    if (index.reason !== null)
      findings.push(
        warning(
          'index-kind',
          index.reason,
          'Search works, only slower; install_jetson.sh builds what is missing.',
        ),
      )
    for (const said of warnings)
      findings.push(warning('agent-says', said, 'docs/jetson.md has the settings.'))
    return [...findings, ...(await checkBroker(deps)), checkLag(deps, stats)]
  }

function checkLag({ mqttUrl, centreUrl }: AgentDeps, { sync }: Stats): Finding {
  const { maxSeq, ackedHwm, backlogEntries, lastError } = sync
  if (mqttUrl === null && centreUrl === null) return ok('sync', 'this device works alone')
  const detail = `${backlogEntries} entries wait for the centre, which has ${ackedHwm} of ${maxSeq}${lastError ? `; last: ${lastError}` : ''}`
  return backlogEntries > BACKLOG_SEEN || (lastError !== null && backlogEntries > 0)
    ? warning(
        'sync',
        detail,
        'Nothing is lost: it is sent when the centre answers. Check its address and the network.',
      )
    : ok('sync', detail)
}

async function readStats({ port, token }: AgentDeps): Promise<Stats | string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/stats`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    })
    if (!response.ok) return `it answers with ${response.status}`
    const body = (await response.json()) as Stats
    return { ...statsSchema.parse(body), index: body.index }
  } catch (thrown) {
    const { message, cause } = thrown as Error
    return cause instanceof Error ? cause.message : message
  }
}

/** Only whether it takes a connection: a second client of the same name would push the agent's own out. */
export async function checkBroker({ mqttUrl, centreUrl }: AgentDeps): Promise<Finding[]> {
  if (mqttUrl === null)
    return centreUrl === null
      ? []
      : [
          warning(
            'broker',
            'this device is not enrolled yet',
            'Make a token in the centre and run install_jetson.sh --enrol URL --token T.',
          ),
        ]
  const url = new URL(mqttUrl)
  const port = Number(url.port) || PORTS[url.protocol] || 1883
  const problem = await connectTo(url.hostname, port)
  const place = `${url.hostname}:${port}`
  return problem === null
    ? [ok('broker', `${place} takes connections`)]
    : [
        warning(
          'broker',
          `${place} cannot be reached: ${problem}`,
          'Check network and firewall; the device keeps everything until it is back.',
        ),
      ]
}

function connectTo(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: BROKER_MAX_MS })
    const end = (problem: string | null): void => {
      socket.destroy()
      resolve(problem)
    }
    socket.once('connect', () => end(null))
    socket.once('timeout', () => end(`no answer in ${BROKER_MAX_MS / 1_000} s`))
    socket.once('error', (error) => end(error.message))
  })
}

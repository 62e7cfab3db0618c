// What the installer asks the agent that runs here: node ask-agent.ts healthy SECONDS | idle SECONDS.
// `healthy` ends with 0 when /health answers; `idle` when no job is queued or worked off. Both wait that long, then 75.
// Where and with which token stands in the environment, as the agent itself has it; never in arguments.
import { setTimeout as sleep } from 'node:timers/promises'

const [question, seconds] = process.argv.slice(2)
const port = process.env['API_PORT'] || '8000'
const token = process.env['FLEET_API_TOKEN']
/** Milliseconds between two tries, and for one answer. */
const AGAIN_MS = 500
const ANSWER_MAX_MS = 10_000
/** sysexits' EX_TEMPFAIL: try again later. */
const NOT_YET = 75

async function ask(path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
    signal: AbortSignal.timeout(ANSWER_MAX_MS),
  })
  if (!response.ok) throw new Error(`${path} answers with ${response.status}`)
  return response.json()
}

async function isHealthy(): Promise<boolean> {
  const { status } = (await ask('/health')) as { status?: string }
  return status === 'ok' || status === 'paused'
}

async function isIdle(): Promise<boolean> {
  const { jobs } = (await ask('/api/v1/jobs?limit=100')) as { jobs: { status: string }[] }
  const busy = jobs.filter(({ status }) => status === 'processing' || status === 'queued')
  if (busy.length > 0) process.stdout.write(`${busy.length} jobs are not done yet\n`)
  return busy.length === 0
}

const questions: Record<string, () => Promise<boolean>> = { healthy: isHealthy, idle: isIdle }
const check = questions[question ?? '']
const waitMs = Number(seconds) * 1_000
if (!check || !Number.isFinite(waitMs)) {
  process.stderr.write('usage: ask-agent.ts healthy|idle SECONDS\n')
  process.exit(2)
}
const deadline = performance.now() + waitMs
for (;;) {
  const isYes = await check().catch((thrown: unknown) => {
    process.stdout.write(`${String(thrown)}\n`)
    return false
  })
  if (isYes) process.exit(0)
  if (performance.now() + AGAIN_MS > deadline) process.exit(NOT_YET)
  await sleep(AGAIN_MS)
}

// The containers of the stack together, once: each started as its image and docker-compose.yml say, then asked whether a
// recording that a device worked through is found in the centre. Started by test-images.sh in a network of its own.
// Without a container runtime that makes namespaces, that a root file system is read-only is shown by what its processes
// changed in it: nothing.
import { execFileSync } from 'node:child_process'
import { openAsBlob, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  buildah,
  containers,
  folderFor,
  imageConfig,
  inside,
  logOf,
  say,
  SCRATCH,
  start,
  stopAll,
  until,
  type Container,
  type Service,
} from './stack.ts'

const INFRA = resolve(import.meta.dirname, '..')
const CLIP = process.env['CLIP'] ?? ''
const SECRETS = join(SCRATCH, 'secrets')
/** The user of our images. */
const UID = 10_001

async function json<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text) as T
}

/** By the very command that the image's HEALTHCHECK names. */
async function healthy(service: Service, image: string): Promise<void> {
  const { Healthcheck, User } = imageConfig(image)
  const [form, ...command] = Healthcheck?.Test ?? []
  if (form !== 'CMD') throw new Error(`${image} has no health check`)
  await until(`${service} to be healthy`, 180, () => inside(service, User, command) === '')
  say(`${service} is healthy`)
}

/** Files of the image's own that somebody other than root may change, and those that were changed since the start. */
function checkRoot(service: Service): void {
  const { root } = containers.get(service) as Container
  const own = [
    '-path',
    '*/proc/*',
    '-o',
    '-path',
    '*/sys/*',
    '-o',
    '-path',
    '*/dev/*',
    '-o',
    '-path',
    '*/tmp/*',
    '-o',
    '-path',
    '*/run/*',
    '-o',
    '-path',
    '*/data/*',
    '-o',
    '-path',
    '*/etc/hosts',
    '-o',
    '-path',
    '*/etc/resolv.conf',
  ]
  const find = (...what: string[]): string =>
    execFileSync('find', [root, '-xdev', '(', ...own, ')', '-prune', '-o', '-type', 'f', ...what, '-print'], {
      encoding: 'utf8',
    }).trim()
  const writable = find('(', '-uid', String(UID), '-o', '-perm', '-o+w', ')')
  const changed = find('-newer', join(SCRATCH, `${service}.started`))
  if (writable !== '') throw new Error(`${service} may change ${writable.slice(0, 500)}`)
  if (changed !== '') throw new Error(`${service} changed ${changed.slice(0, 500)}`)
  const uids = execFileSync('ps', ['-eo', 'uid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(
      (line) =>
        new RegExp(`packages/(edge-agent|aggregator)/dist/main.js|next-server`).test(line) &&
        !line.includes('buildah'),
    )
  if (uids.length === 0 || uids.some((line) => !line.trim().startsWith(`${UID} `)))
    throw new Error(`not all run as ${UID}: ${uids.join('; ')}`)
}

async function main(): Promise<void> {
  execFileSync('node', [join(INFRA, 'make-secrets.mjs'), 'localhost'], {
    env: { ...process.env, FLEET_SECRETS_DIR: SECRETS },
  })
  const centreEnv = Object.fromEntries(
    readFileSync(join(SECRETS, 'centre.env'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const adminToken = centreEnv['FLEET_ADMIN_TOKEN'] ?? ''
  const apiToken = 'device-token-of-the-image-test'
  const asAdmin = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const asDevice = { authorization: `Bearer ${apiToken}` }
  writeFileSync(join(SECRETS, 'prometheus/device_token'), apiToken, { mode: 0o644 })
  writeFileSync(join(SECRETS, 'prometheus/devices.json'), '[{ "targets": ["agent:8000"] }]', { mode: 0o644 })
  const ca = join(SECRETS, 'ca.crt')
  const password = folderFor('postgres-secret', 0o755)
  writeFileSync(join(password, 'password'), readFileSync(join(SECRETS, 'postgres_password')), { mode: 0o644 })

  const postgresUid = Number(/^postgres:x:(\d+)/m.exec(passwdOf('sam3-stand-ins'))?.[1])
  start('postgres', {
    image: 'sam3-stand-ins',
    command: ['/usr/local/bin/start-postgres'],
    user: 'postgres',
    env: { POSTGRES_USER: 'fleet', POSTGRES_DB: 'fleet', POSTGRES_PASSWORD_FILE: '/secret/password' },
    volumes: [
      `${folderFor('postgres-data', 0o700, postgresUid)}:/var/lib/postgresql/data`,
      `${password}:/secret:ro`,
    ],
  })
  const mosquittoUid = Number(/^mosquitto:x:(\d+)/m.exec(passwdOf('sam3-stand-ins'))?.[1])
  start('mosquitto', {
    image: 'sam3-stand-ins',
    command: ['/usr/sbin/mosquitto', '-c', '/mosquitto/config/mosquitto.conf'],
    user: 'mosquitto',
    volumes: [
      `${join(INFRA, 'mosquitto/mosquitto-tls.conf')}:/mosquitto/config/mosquitto.conf:ro`,
      `${join(INFRA, 'mosquitto/aclfile')}:/mosquitto/config/aclfile:ro`,
      `${join(SECRETS, 'mosquitto')}:/mosquitto/secrets:ro`,
      `${folderFor('mosquitto-data', 0o700, mosquittoUid)}:/mosquitto/data`,
    ],
  })
  await until('PostgreSQL', 120, () => logOf('postgres').includes('ready to accept connections'))
  say('PostgreSQL and Mosquitto run')
  start('aggregator', {
    image: 'sam3-aggregator',
    env: { ...centreEnv, NODE_EXTRA_CA_CERTS: '/run/secrets/ca' },
    volumes: [`${ca}:/run/secrets/ca:ro`, `${folderFor('centre-data', 0o700, UID)}:/data`],
  })
  await healthy('aggregator', 'sam3-aggregator')
  const health = await json<{ status: string; durability: string; broker: object }>(
    'http://127.0.0.1:4000/healthz',
  )
  say(`the centre: ${JSON.stringify(health)}`)
  if (health.durability !== 'power_safe') throw new Error('the centre does not keep its data in PostgreSQL')
  start('console', {
    image: 'sam3-console',
    env: { FLEET_CENTRE_URL: 'http://aggregator:4000' },
    volumes: [`${folderFor('console-data', 0o700, UID)}:/data`],
  })
  await healthy('console', 'sam3-console')
  const home = await fetch('http://127.0.0.1:3000/', { redirect: 'manual' })
  if (!(home.headers.get('location') ?? '').includes('/login'))
    throw new Error('the console lets strangers in')

  const { token } = await json<{ token: string }>('http://127.0.0.1:4000/api/v1/devices.enrolToken', {
    method: 'POST',
    headers: asAdmin,
    body: '{"note":"image test"}',
  })
  const agentData = folderFor('agent-data', 0o700, UID)
  start('agent', {
    image: 'sam3-edge',
    env: {
      FLEET_DEVICE_ID: 'image-test-device',
      FLEET_CENTRE_URL: 'http://aggregator:4000',
      FLEET_ENROL_TOKEN: token,
      FLEET_API_TOKEN: apiToken,
      FLEET_PIPELINE: 'gstreamer',
      FLEET_DETECTOR_WORKERS: '1',
      NODE_EXTRA_CA_CERTS: '/run/secrets/ca',
    },
    volumes: [`${ca}:/run/secrets/ca:ro`, `${agentData}:/data`],
  })
  await healthy('agent', 'sam3-edge')
  const stats = await json<{ warnings: string[] }>('http://127.0.0.1:8000/stats', { headers: asDevice })
  if (stats.warnings.length > 0) throw new Error(`the agent warns: ${stats.warnings.join('; ')}`)
  say('GStreamer is there in the image, as FLEET_PIPELINE wishes')
  // An outside broker has accounts of its own: the device's is added as docs/protocol.md says.
  const account = JSON.parse(readFileSync(join(agentData, 'credentials.json'), 'utf8')) as {
    password: string
  }
  execFileSync('node', [join(INFRA, 'make-secrets.mjs'), '--device', 'image-test-device'], {
    env: { ...process.env, FLEET_SECRETS_DIR: SECRETS },
    input: account.password,
  })
  const [broker = ''] = execFileSync('pgrep', ['-f', '^/usr/sbin/mosquitto -c /mosquitto/config'], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
  process.kill(Number(broker), 'SIGHUP')

  const form = new FormData()
  form.set('file', await openAsBlob(CLIP), 'clip.mp4')
  const { job_id } = await json<{ job_id: string }>('http://127.0.0.1:8000/api/v1/detect', {
    method: 'POST',
    headers: asDevice,
    body: form,
  })
  await until('the job', 240, async () => {
    const job = await json<{ status: string; error: unknown }>(
      `http://127.0.0.1:8000/api/v1/jobs/${job_id}`,
      { headers: asDevice },
    )
    if (job.status === 'failed') throw new Error(JSON.stringify(job))
    return job.status === 'completed'
  })
  say(`the agent worked ${(statSync(CLIP).size / 1_000).toFixed(0)} kB of video through GStreamer`)
  const found = await until('the sighting in the centre', 120, async () => {
    const input = encodeURIComponent(JSON.stringify({ q: 'person', limit: 5, filters: {} }))
    const { results } = await json<{ results: { deviceId: string; description: string }[] }>(
      `http://127.0.0.1:4000/api/v1/search.find?input=${input}`,
      { headers: asAdmin },
    )
    return results[0] ?? null
  })
  say(`found in the centre over TLS: "${found.description}" of ${found.deviceId}`)

  start('prometheus', {
    image: 'sam3-stand-ins',
    command: [
      '/usr/bin/prometheus',
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
    ],
    user: 'prometheus',
    volumes: [
      `${join(INFRA, 'prometheus')}:/etc/prometheus:ro`,
      `${join(SECRETS, 'prometheus')}:/etc/prometheus-secrets:ro`,
      `${folderFor('prometheus-data', 0o1777)}:/prometheus`,
    ],
  })
  await until('both jobs to be scraped', 120, async () => {
    const { data } = await json<{ data: { result: { value: [number, string] }[] } }>(
      'http://127.0.0.1:9090/api/v1/query?query=up',
    )
    return data.result.length === 2 && data.result.every(({ value }) => value[1] === '1')
  })
  await checkDashboard()
  for (const service of ['aggregator', 'console', 'agent'] as const) checkRoot(service)
  say('nothing runs as root, nothing outside of volumes was or may be changed')
}

/** Every question of the dashboard names metrics that were really scraped; what only a Jetson tells is excepted by name. */
async function checkDashboard(): Promise<void> {
  const onlyOnJetson = new Set([
    'fleet_board_gpu_load_ratio',
    'fleet_board_power_milliwatts',
    'fleet_board_temperature_celsius',
  ])
  const { data: names } = await json<{ data: string[] }>('http://127.0.0.1:9090/api/v1/label/__name__/values')
  const { panels } = JSON.parse(readFileSync(join(INFRA, 'grafana/dashboards/fleet.json'), 'utf8')) as {
    panels: { title: string; targets: { expr: string }[] }[]
  }
  for (const { title, targets } of panels) {
    for (const { expr } of targets) {
      const asked = expr.match(/\b(fleet|process|nodejs)_\w+/g) ?? []
      const missing = asked.filter((name) => !names.includes(name) && !onlyOnJetson.has(name))
      if (asked.length === 0 || missing.length > 0)
        throw new Error(`${title}: ${missing.join(', ')} is measured nowhere`)
      await json(`http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(expr)}`)
    }
  }
  say(`all ${panels.length} panels of the dashboard ask for what is measured`)
}

function passwdOf(image: string): string {
  const id = buildah('from', image)
  const text = readFileSync(join(buildah('mount', id), 'etc/passwd'), 'utf8')
  buildah('rm', id)
  return text
}

try {
  await main()
} catch (error) {
  const logs = [...containers.keys()].map((service) => `--- ${service}\n${logOf(service)}\n`)
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n${logs.join('')}`)
  process.exitCode = 1
} finally {
  await stopAll()
}

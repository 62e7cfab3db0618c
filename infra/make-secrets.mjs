// What the compose stack keeps secret, made once into infra/secrets: node infra/make-secrets.mjs HOSTNAME for a new centre,
// node infra/make-secrets.mjs --device ID adds a device's broker account (its password is read from standard input, as
// POST /api/v1/enrol answered it; send SIGHUP to Mosquitto then). What exists is never written over.
import { execFileSync } from 'node:child_process'
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

const DIR = process.env['FLEET_SECRETS_DIR'] ?? join(import.meta.dirname, 'secrets')
const CERTIFICATE_DAYS = '3650'
/** As mosquitto_passwd writes it: PBKDF2 with SHA-512 and this many rounds. */
const ROUNDS = 1_000
const DEVICE_ID = /^[a-z0-9-]{8,40}$/
const HOST = /^[a-z0-9.:-]{1,253}$/i

const [first, second] = process.argv.slice(2)
if (first === '--device' && DEVICE_ID.test(second ?? '')) addDevice(second)
else if (first && HOST.test(first) && second === undefined) makeAll(first)
else {
  process.stderr.write('usage: make-secrets.mjs HOSTNAME | --device ID <password\n')
  process.exitCode = 2
}

function makeAll(host) {
  mkdirSync(DIR, { recursive: true, mode: 0o700 })
  for (const folder of ['mosquitto', 'prometheus'])
    mkdirSync(join(DIR, folder), { recursive: true, mode: 0o755 })
  const postgres = keep('postgres_password', secret)
  keep('grafana_password', secret, 0o644)
  const mqtt = keep('mqtt_password', secret)
  const admin = keep('prometheus/admin_token', secret, 0o644)
  makeCertificates(host)
  keep('mosquitto/passwords', () => `${passwordLine('centre', mqtt)}\n`, 0o644)
  keep('centre.env', () =>
    [
      `DATABASE_URL=postgres://fleet:${postgres}@postgres:5432/fleet`,
      `FLEET_MQTT_URL=mqtts://centre:${mqtt}@mosquitto:8883`,
      `FLEET_MQTT_PUBLIC_URL=mqtts://${isIP(host) === 6 ? `[${host}]` : host}:8883`,
      `FLEET_ADMIN_TOKEN=${admin}`,
      '',
    ].join('\n'),
  )
  process.stdout.write(`made ${DIR}\ndevices trust ${join(DIR, 'ca.crt')} by NODE_EXTRA_CA_CERTS\n`)
}

function addDevice(id) {
  const password = readFileSync(0, 'utf8').trim()
  if (password === '') throw new Error('the password of the device is read from standard input')
  const path = join(DIR, 'mosquitto/passwords')
  const others = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(`${id}:`))
  writeFileSync(path, `${[...others, passwordLine(id, password)].join('\n')}\n`)
}

/** Url-safe, so that it can stand in an address. */
function secret() {
  return randomBytes(24).toString('base64url')
}

/** The content of a file, made when it is missing. Readable by its owner alone, but for what other users' services read. */
function keep(name, make, mode = 0o600) {
  const path = join(DIR, name)
  if (!existsSync(path)) {
    writeFileSync(path, make(), { mode })
    chmodSync(path, mode)
  }
  return readFileSync(path, 'utf8')
}

function passwordLine(user, password) {
  const salt = randomBytes(12)
  const hash = pbkdf2Sync(password, salt, ROUNDS, 64, 'sha512')
  return `${user}:$7$${ROUNDS}$${salt.toString('base64')}$${hash.toString('base64')}`
}

/** An authority of this fleet's own, and the broker's certificate under it. */
function makeCertificates(host) {
  const at = (name) => join(DIR, name)
  if (existsSync(at('mosquitto/server.crt'))) return
  const openssl = (...options) => execFileSync('openssl', options, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
    '-days',
    CERTIFICATE_DAYS,
    '-subj',
    '/CN=sam3-fleet',
  )
  openssl(
    'req',
    ...ec,
    '-keyout',
    at('mosquitto/server.key'),
    '-out',
    at('server.csr'),
    '-subj',
    `/CN=${host}`,
  )
  const names = ['DNS:mosquitto', `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`]
  writeFileSync(at('server.ext'), `subjectAltName=${names.join(',')}\nextendedKeyUsage=serverAuth\n`)
  openssl(
    'x509',
    '-req',
    '-in',
    at('server.csr'),
    '-CA',
    at('ca.crt'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-out',
    at('mosquitto/server.crt'),
    '-days',
    CERTIFICATE_DAYS,
    '-extfile',
    at('server.ext'),
  )
  appendFileSync(at('mosquitto/ca.crt'), readFileSync(at('ca.crt')))
  chmodSync(at('ca.key'), 0o600)
  // Mosquitto runs as a user of its own.
  chmodSync(at('mosquitto/server.key'), 0o644)
}

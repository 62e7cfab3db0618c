// A broker of either kind with the product's rights and three known accounts, for the suites that both must pass.
import { readFile } from 'node:fs/promises'
import pino from 'pino'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { freePort } from '@sam3-fleet/test-kit/free-port'
import { startMosquitto, type MosquittoBroker } from '@sam3-fleet/test-kit/mosquitto'
import type { Principal } from '../broker-rights.ts'
import { startEmbeddedBroker, type EmbeddedBroker } from '../embedded-broker.ts'

const INFRA = new URL('../../../../../infra/mosquitto/', import.meta.url)
/** Settings of the file that are about where things lie; the fixture has its own. */
const PLACES = /^(?:#|listener|allow_anonymous|password_file|acl_file|persistence)|^$/

export const OWN = 'device-a1'
export const OTHER = 'device-b2'
export const CENTRE = 'centre'

export interface TestBroker extends AsyncDisposable {
  readonly url: string
  stop(): Promise<void>
  restart(): Promise<void>
}

export function passwordOf(user: string): string {
  return `password-of-${user}`
}

export function connectAs(
  broker: TestBroker,
  user: string,
  options: IClientOptions = {},
): Promise<MqttClient> {
  return connectAsync(
    broker.url,
    {
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      clientId: user,
      username: user,
      password: passwordOf(user),
      ...options,
    },
    false,
  )
}

/** To be asked before that which closes it. */
export function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()))
}

export async function startProductMosquitto(): Promise<MosquittoBroker> {
  const config = await readFile(new URL('mosquitto.conf', INFRA), 'utf8')
  return startMosquitto({
    users: Object.fromEntries([OWN, OTHER, CENTRE].map((user) => [user, passwordOf(user)])),
    acl: await readFile(new URL('aclfile', INFRA), 'utf8'),
    config: config.split('\n').filter((line) => !PLACES.test(line)),
  })
}

export async function startTestEmbeddedBroker(): Promise<TestBroker> {
  const port = await freePort()
  const start = (): Promise<EmbeddedBroker> =>
    startEmbeddedBroker({
      host: '127.0.0.1',
      port,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      authenticate: knownAccounts,
    })
  let broker = await start()
  let running = true
  const stop = async (): Promise<void> => {
    if (running) await broker[Symbol.asyncDispose]()
    running = false
  }
  return {
    url: `mqtt://127.0.0.1:${port}`,
    stop,
    async restart() {
      await stop()
      broker = await start()
      running = true
    },
    [Symbol.asyncDispose]: stop,
  }
}

function knownAccounts({
  username,
  password,
}: {
  username: string | null
  password: string | null
}): Promise<Principal | null> {
  if (username === null || password !== passwordOf(username)) return Promise.resolve(null)
  return Promise.resolve(username === CENTRE ? { centre: true } : { deviceId: username })
}

// The broker inside the centre (aedes, protocol 3.1.1): for one site and for trying things out. Refuses by default; its
// own hooks would allow everything. It keeps nothing over a restart: devices hold what was not acknowledged.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { Aedes, type AedesPublishPacket, type Client } from 'aedes'
import type { Logger } from 'pino'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { REPLY_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { mayPublish, mayReceive, mayRetain, maySubscribe, type Principal } from './broker-rights.ts'
import { createLoginLimiter, type Verdict } from './login-limiter.ts'
import { createPacketGuard } from './packet-guard.ts'

/** Bytes of one packet: the largest message of the protocol, its topic and its header. */
export const PACKET_MAX_BYTES = REPLY_MAX_BYTES + 1024
/** Connections at once; one a device and the centre's own. */
const CONNECTIONS_MAX = 4_096
/** Topic levels: ours have five; deep ones have brought brokers down. */
const TOPIC_LEVELS_MAX = 10
/** Milliseconds to say CONNECT. */
const CONNECT_TIMEOUT_MS = 10_000
/** Return code 4 of MQTT 3.1.1: bad user name or password. */
const BAD_CREDENTIALS = 4
/** Return code 3 of MQTT 3.1.1: not now. For who is held back: it was not found out whether the password is right. */
const SERVER_UNAVAILABLE = 3

export interface EmbeddedBrokerOptions {
  host: string
  port: number
  /** Who a client is; null refuses it. */
  authenticate: (client: {
    clientId: string
    username: string | null
    password: string | null
  }) => Promise<Principal | null>
  clock: Clock
  log: Logger
}

export interface EmbeddedBroker extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly version: string
  /** Ends every connection of this device, also one that is logging in at this moment; its will is published. */
  disconnect(deviceId: string): void
}

/** @throws FleetError UNAVAILABLE when the port is taken. */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const callers = new WeakMap<Client, Principal>()
  const open = new Set<Client>()
  const addresses = new WeakMap<Client, string>()
  const limiter = createLoginLimiter({
    clock: options.clock,
    onHeldBack: (caller) => log.warn(caller, 'log-ins of this address are held back: too many failed'),
  })
  /** Connections to end though they were let in: a device was revoked while it logged in. */
  const cut = new WeakSet<Client>()
  const { log } = options
  const aedes = await Aedes.createBroker({
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxTopicLevels: TOPIC_LEVELS_MAX,
  } as object)

  // A session that outlives its connection would queue without bound, and the protocol needs none.
  aedes.preConnect = (_client, packet, done) => done(null, packet.clean !== false)
  async function judge(client: Client, username?: string, password?: Buffer): Promise<Verdict> {
    if (client.closed) return 'gone'
    const given = { clientId: client.id, username: username ?? null, password: password?.toString() ?? null }
    const caller = await options.authenticate(given)
    // A device's client id is its device id: nobody takes another's connection over (requirement S2).
    if (caller === null || ('deviceId' in caller && caller.deviceId !== client.id)) return 'wrong'
    if (cut.has(client)) return 'wrong'
    callers.set(client, caller)
    return 'right'
  }
  aedes.authenticate = (client, username, password, done) => {
    const answer = async (): Promise<void> => {
      const caller = { address: addresses.get(client) ?? '', name: username ?? client.id }
      const verdict = await limiter
        .admit(caller, () => judge(client, username, password))
        .catch((error: unknown) => {
          log.error({ err: error }, 'who a client is could not be found out')
          return 'gone' as const
        })
      if (verdict === 'right') return done(null, true)
      const returnCode = verdict === 'wrong' ? BAD_CREDENTIALS : SERVER_UNAVAILABLE
      done(Object.assign(new Error(verdict === 'held_back' ? HELD_BACK : 'refused'), { returnCode }), false)
    }
    void answer()
  }
  aedes.authorizePublish = (client, packet, done) => {
    // No client: a will of a connection that is gone; it was judged when it was given.
    const caller = client ? callers.get(client) : undefined
    const isAllowed =
      client === null ||
      (caller !== undefined &&
        mayPublish(caller, packet.topic) &&
        (!packet.retain || mayRetain(packet.topic)))
    done(isAllowed ? null : new Error('this topic is not yours'))
  }
  aedes.authorizeSubscribe = (client, subscription, done) => {
    const caller = callers.get(client as Client)
    // Null refuses this one subscription and keeps the connection, as the specification has it.
    done(null, caller && maySubscribe(caller, subscription.topic) ? subscription : null)
  }
  aedes.authorizeForward = (client, packet: AedesPublishPacket) => {
    const caller = callers.get(client)
    return caller && mayReceive(caller, packet.topic) ? packet : null
  }
  // aedes closes a client that breaks the protocol or its rights; the log says why.
  for (const event of ['clientError', 'connectionError'] as const)
    aedes.on(event, (client, error) => {
      if (!isEnded(error) && error.message !== HELD_BACK)
        log.warn({ client: client.id, reason: error.message }, 'a connection failed')
    })

  // Between the right password and this moment a connection can be marked, but aedes cannot end it without a trace.
  aedes.on('clientReady', (client) => {
    if (cut.has(client)) client.close()
  })

  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.setNoDelay(true)
    const client = aedes.handle(guarded(socket, log))
    open.add(client)
    addresses.set(client, socket.remoteAddress ?? '')
    socket.on('close', () => {
      sockets.delete(socket)
      open.delete(client)
    })
  })
  server.maxConnections = CONNECTIONS_MAX
  server.listen(options.port, options.host)
  await once(server, 'listening').catch((cause: unknown) => {
    throw new FleetError(
      'UNAVAILABLE',
      `the embedded broker cannot listen on ${options.host}:${options.port}`,
      {
        hint: 'Choose another FLEET_MQTT_PORT, or name a broker of your own with FLEET_MQTT_URL.',
        cause,
      },
    )
  })

  return {
    host: options.host,
    port: (server.address() as AddressInfo).port,
    // The type declarations leave it out.
    version: (aedes as Aedes & { readonly version: string }).version,
    disconnect(deviceId) {
      for (const client of open) {
        if (client.id !== deviceId) continue
        cut.add(client)
        if (client.connected) client.close()
      }
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      await new Promise<void>((resolve) => aedes.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Said once a window, not each time. */
const HELD_BACK = 'held back'

/** The socket with a guard before what it says; a packet beyond the bound cuts it. */
function guarded(socket: Socket, log: Logger): Duplex {
  const guard = createPacketGuard(PACKET_MAX_BYTES)
  guard.on('error', (error) => {
    if (!isEnded(error)) log.warn({ reason: error.message }, 'a connection was cut')
    socket.destroy()
  })
  return Duplex.from({ readable: socket.pipe(guard), writable: socket })
}

/** How a stream says that its other side closed: every connection ends so, and it is nothing to report. */
function isEnded(error: Error): boolean {
  return error.name === 'AbortError'
}

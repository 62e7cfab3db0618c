// A request in, its principal out: a bearer token in constant time, or, on a centre without tokens, this machine only.
import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { IncomingMessage } from 'node:http'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Principal } from '../principal.ts'
import { createFailedAttempts } from './failed-attempts.ts'

export interface ApiToken {
  token: string
  principal: Principal
}

export interface AuthenticatorOptions {
  /** Empty: the centre is open, to this machine only. */
  tokens: readonly ApiToken[]
  /** The tenant and rights of callers on an open centre. */
  openPrincipal: Principal
}

export interface Authenticator {
  /** @throws FleetError UNAUTHENTICATED, FORBIDDEN, or TOO_MANY_REQUESTS after repeated wrong tokens. */
  authenticate(request: IncomingMessage): Principal
  readonly open: boolean
}

export function createAuthenticator(clock: Clock, options: AuthenticatorOptions): Authenticator {
  const attempts = createFailedAttempts(clock)
  const known = options.tokens.map(({ token, principal }) => ({ digest: digestOf(token), principal }))
  const open = known.length === 0

  function byToken(request: IncomingMessage): Principal {
    const address = request.socket.remoteAddress ?? 'unknown'
    attempts.check(address)
    const header = request.headers.authorization
    if (header === undefined) throw unauthenticated()
    const given = digestOf(header.startsWith('Bearer ') ? header.slice('Bearer '.length) : '')
    // Every token is compared, so that the time says nothing about which one was near.
    const matches = known.filter(({ digest }) => timingSafeEqual(digest, given))
    const match = matches[0]
    if (match) return match.principal
    attempts.failed(address)
    throw unauthenticated()
  }

  return {
    open,
    authenticate(request) {
      if (!open) return byToken(request)
      requireThisMachine(request)
      return options.openPrincipal
    },
  }
}

/**
 * An open centre answers only callers on its own machine that also name it so: a page that a browser was led to
 * (DNS rebinding, cross-site requests) has another Host or Origin.
 */
function requireThisMachine(request: IncomingMessage): void {
  const { host, origin } = request.headers
  const local =
    isLoopback(request.socket.remoteAddress ?? '') &&
    isLoopback(hostnameOf(`http://${host ?? ''}`)) &&
    (origin === undefined || isLoopback(hostnameOf(origin)))
  if (!local)
    throw new FleetError('UNAUTHENTICATED', 'this centre has no tokens and answers only its own machine', {
      hint: 'Set an admin token to use it from elsewhere.',
    })
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
}

export function isLoopback(hostOrAddress: string): boolean {
  if (hostOrAddress === 'localhost' || hostOrAddress === '::1') return true
  const address = hostOrAddress.replace(/^::ffff:/, '')
  return isIP(address) === 4 && address.startsWith('127.')
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function unauthenticated(): FleetError {
  return new FleetError('UNAUTHENTICATED', 'this needs a valid token', {
    hint: 'Send the header "Authorization: Bearer" with a token of this centre.',
  })
}

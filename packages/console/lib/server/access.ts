// Who asks the console, and with which token it may ask the centre for them.
import { centreSettings, isLoopbackName, type CentreSettings } from './centre.ts'
import { SESSION_COOKIE, sessionSealer, type SessionSealer } from './session.ts'

export type Access =
  /** May ask; the header is null on a centre without tokens. */
  { kind: 'granted'; authorization: string | null; loggedIn: boolean } | { kind: 'login' }

export interface Caller {
  /** Host header. */
  host: string | null
  sessionCookie: string | undefined
}

export interface AccessDeps {
  settings: Pick<CentreSettings, 'adminToken' | 'boundToLoopback'>
  sealer: SessionSealer
  nowMs: number
}

/**
 * A session always counts. Without one, only somebody on this machine is let through, with the console's own token:
 * a page elsewhere that was led here by its name (DNS rebinding) or a proxy in front has another Host.
 */
export function decideAccess(
  { host, sessionCookie }: Caller,
  { settings, sealer, nowMs }: AccessDeps,
): Access {
  const token = sealer.open(sessionCookie, nowMs)
  if (token !== null) return { kind: 'granted', authorization: `Bearer ${token}`, loggedIn: true }
  if (!settings.boundToLoopback || !isLoopbackName(host ?? '')) return { kind: 'login' }
  const { adminToken } = settings
  return {
    kind: 'granted',
    authorization: adminToken === null ? null : `Bearer ${adminToken}`,
    loggedIn: false,
  }
}

export function accessOf(
  headers: Pick<Headers, 'get'>,
  cookie: (name: string) => string | undefined,
): Access {
  return decideAccess(
    { host: headers.get('host'), sessionCookie: cookie(SESSION_COOKIE) },
    { settings: centreSettings(), sealer: sessionSealer(), nowMs: Date.now() },
  )
}

/**
 * Whether a page of another site makes the browser ask. Browsers that say where a request comes from are believed;
 * what changes something must come with this origin.
 */
export function isForeign(request: { method: string; headers: Pick<Headers, 'get'> }): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site === 'cross-site' || site === 'same-site') return true
  const origin = request.headers.get('origin')
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (origin === null) return !reads && site !== 'same-origin'
  return !URL.canParse(origin) || new URL(origin).host !== request.headers.get('host')
}

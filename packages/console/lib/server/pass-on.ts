// A request of a browser in, the centre's answer out, byte by byte as it comes: nothing is buffered, so that event
// streams stay live and videos do not fill memory. Only named headers travel, in both directions.
import { cookies } from 'next/headers'
import { CONSOLE_ERROR_HEADER } from '../console-error-header.ts'
import { accessOf, isForeign } from './access.ts'
import { centreSettings } from './centre.ts'

const UP_HEADERS = [
  'accept',
  'content-type',
  'content-length',
  'if-none-match',
  'last-event-id',
  'trpc-accept',
  'x-device-id',
  'x-file-name',
]
const DOWN_HEADERS = ['content-type', 'content-length', 'etag', 'vary', 'content-security-policy']

export async function passOn(request: Request, centrePath: string): Promise<Response> {
  if (isForeign(request))
    return refuse(403, 'FORBIDDEN', 'this request came from another site', 'Use the console itself.')
  const jar = await cookies()
  const access = accessOf(request.headers, (name) => jar.get(name)?.value)
  if (access.kind === 'login')
    return refuse(401, 'UNAUTHENTICATED', 'this console needs a login', 'Log in with a token of the centre.')
  const headers = new Headers()
  for (const name of UP_HEADERS) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  if (access.authorization !== null) headers.set('authorization', access.authorization)
  try {
    const answer = await fetch(`${centreSettings().centreUrl}${centrePath}`, {
      method: request.method,
      headers,
      body: request.body,
      signal: request.signal,
      redirect: 'manual',
      cache: 'no-store',
      // Required by fetch for a body that is still coming.
      ...(request.body === null ? {} : { duplex: 'half' }),
    })
    return new Response(answer.body, { status: answer.status, headers: downHeaders(answer.headers) })
  } catch (thrown) {
    if (request.signal.aborted) return new Response(null, { status: 499 })
    return refuse(
      503,
      'UNAVAILABLE',
      'the centre cannot be reached',
      `It does not answer at ${centreSettings().centreUrl}; see whether it runs. (${reasonOf(thrown)})`,
    )
  }
}

function downHeaders(from: Headers): Headers {
  const headers = new Headers()
  for (const name of DOWN_HEADERS) {
    const value = from.get(name)
    if (value !== null) headers.set(name, value)
  }
  // `no-transform` keeps compression, and with it buffering, away from event streams.
  headers.set('cache-control', from.get('cache-control') ?? 'no-store, no-transform')
  headers.set('x-accel-buffering', 'no')
  return headers
}

function refuse(status: number, code: string, message: string, hint: string): Response {
  return Response.json(
    { error: { code, message, hint } },
    { status, headers: { [CONSOLE_ERROR_HEADER]: code, 'cache-control': 'no-store' } },
  )
}

function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return thrown instanceof Error ? thrown.name : 'unknown'
}

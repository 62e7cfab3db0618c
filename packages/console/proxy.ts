// Before every page: whoever must log in is sent to do so, and the page gets a content policy with a nonce of its own.
import { NextResponse, type NextRequest } from 'next/server'
import { paths } from './lib/paths.ts'
import { accessOf } from './lib/server/access.ts'

const NONCE_BYTES = 18

export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl
  const access = accessOf(request.headers, (name) => request.cookies.get(name)?.value)
  if (access.kind === 'login' && pathname !== paths.login()) {
    const target = new URL(paths.login(`${pathname}${search}`), request.nextUrl)
    return NextResponse.redirect(target)
  }
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))).toString('base64')
  const policy = contentPolicy(nonce)
  const headers = new Headers(request.headers)
  // Next reads the nonce for its own scripts from the request.
  headers.set('content-security-policy', policy)
  headers.set('x-nonce', nonce)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

function contentPolicy(nonce: string): string {
  // React needs eval for its stacks in development only.
  const evaluation = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : ''
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluation}`,
    // Places of popovers and boxes are style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export const config = {
  // What is passed on to the centre decides by itself, and its bodies must not be buffered here.
  matcher: ['/((?!_next/|trpc/|media/|api/|icon.svg).*)'],
}

import { cookies } from 'next/headers'
import { z } from 'zod'
import { isForeign } from '@/lib/server/access.ts'
import { tryToken } from '@/lib/server/log-in.ts'
import { SESSION_COOKIE, SESSION_MAX_MS, sessionSealer } from '@/lib/server/session.ts'

export const dynamic = 'force-dynamic'

const bodySchema = z.object({ token: z.string().trim().min(1).max(1_000) })

export async function POST(request: Request): Promise<Response> {
  if (isForeign(request)) return Response.json({ outcome: 'foreign' }, { status: 403 })
  const body = bodySchema.safeParse(await request.json().catch(() => null))
  const outcome = body.success ? await tryToken(body.data.token) : 'unknown'
  if (!body.success || outcome !== 'known')
    return Response.json({ outcome }, { status: outcome === 'unreachable' ? 503 : 401 })
  const jar = await cookies()
  jar.set(SESSION_COOKIE, sessionSealer().seal(body.data.token, Date.now()), {
    httpOnly: true,
    sameSite: 'strict',
    secure: isHttps(request),
    path: '/',
    maxAge: SESSION_MAX_MS / 1000,
  })
  return Response.json({ outcome })
}

export async function DELETE(request: Request): Promise<Response> {
  if (isForeign(request)) return Response.json({ outcome: 'foreign' }, { status: 403 })
  const jar = await cookies()
  jar.delete(SESSION_COOKIE)
  return Response.json({ outcome: 'gone' })
}

function isHttps(request: Request): boolean {
  return (request.headers.get('x-forwarded-proto') ?? new URL(request.url).protocol).startsWith('https')
}

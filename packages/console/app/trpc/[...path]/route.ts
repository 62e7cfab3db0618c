import { passOn } from '@/lib/server/pass-on.ts'

export const dynamic = 'force-dynamic'

function toCentre(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  return passOn(request, `${pathname}${search}`)
}

export { toCentre as GET, toCentre as POST }

import { passOn } from '@/lib/server/pass-on.ts'

export const dynamic = 'force-dynamic'

export function POST(request: Request): Promise<Response> {
  return passOn(request, '/api/v1/uploads')
}

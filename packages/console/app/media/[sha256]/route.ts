import { passOn } from '@/lib/server/pass-on.ts'

export const dynamic = 'force-dynamic'

export async function GET(
  request: Request,
  { params }: { params: Promise<{ sha256: string }> },
): Promise<Response> {
  const { sha256 } = await params
  return await passOn(request, `/media/${encodeURIComponent(sha256)}`)
}

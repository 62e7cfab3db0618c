import type { Metadata } from 'next'
import { FLEET_PAGE } from '@/features/fleet/fleet-page-size.ts'
import { FleetView } from '@/features/fleet/fleet-view.tsx'
import { messages } from '@/messages.ts'
import { Hydrated, serverTRPC } from '@/trpc/server.tsx'

export const metadata: Metadata = { title: messages.fleet.title }

export default async function FleetPage({ searchParams }: { searchParams: Promise<{ q?: string }> }) {
  const [{ trpc, queryClient }, { q }] = await Promise.all([serverTRPC(), searchParams])
  const wanted = typeof q === 'string' ? q.trim() : ''
  // In the page from the start, or asked by the browser when the centre is slow.
  await queryClient.prefetchInfiniteQuery(
    trpc.devices.list.infiniteQueryOptions(
      { limit: FLEET_PAGE, ...(wanted === '' ? {} : { q: wanted }) },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  )
  return (
    <Hydrated>
      <FleetView />
    </Hydrated>
  )
}

// The server's way to the centre: pages ask ahead of the browser and hand the answers over with the page.
import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { cookies, headers } from 'next/headers'
import { cache, type ReactNode } from 'react'
import type { AppRouter } from '@sam3-fleet/aggregator/api/router'
import { accessOf } from '../lib/server/access.ts'
import { centreSettings } from '../lib/server/centre.ts'
import { createQueryClient } from './query-client.ts'

/** A page waits no longer for an answer that the browser can ask for itself. */
const PREFETCH_TIMEOUT_MS = 1_000

const requestQueries = cache(() => createQueryClient())

/** What may be asked ahead on behalf of whoever asked for this page. */
export const serverTRPC = cache(async () => {
  const [asked, jar] = await Promise.all([headers(), cookies()])
  const access = accessOf(asked, (name) => jar.get(name)?.value)
  const authorization = access.kind === 'granted' ? access.authorization : null
  const client = createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: `${centreSettings().centreUrl}/trpc`,
        headers: authorization === null ? {} : { authorization },
        fetch: (input, init) =>
          fetch(input, {
            ...(init as RequestInit),
            cache: 'no-store',
            signal: AbortSignal.timeout(PREFETCH_TIMEOUT_MS),
          }),
      }),
    ],
  })
  const queryClient = requestQueries()
  return { queryClient, trpc: createTRPCOptionsProxy<AppRouter>({ client, queryClient }) }
})

export function Hydrated({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(requestQueries())}>{children}</HydrationBoundary>
}

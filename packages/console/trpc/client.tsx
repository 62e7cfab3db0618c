'use client'
// The browser's way to the centre, through the console's own origin: questions in one stream, watches as events.
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import { useState, type ReactNode } from 'react'
import type { AppRouter } from '@sam3-fleet/aggregator/api/router'
import { paths } from '../lib/paths.ts'
import { centreAnswer } from './console-error.ts'
import { readFailure } from './failure.ts'
import { leaveWhenLoggedOut } from './logged-out.ts'
import { createQueryClient } from './query-client.ts'

/** As many as the centre takes in one request. */
const BATCH_MAX = 10
/** Longer addresses are split: some proxies cut them at 2 KiB. */
const URL_MAX_CHARS = 1_900

const context = createTRPCContext<AppRouter>()
export const useTRPC = context.useTRPC
export const useTRPCClient = context.useTRPCClient

let browserQueries: QueryClient | undefined

function queries(): QueryClient {
  if (typeof window === 'undefined') return createQueryClient()
  browserQueries ??= createQueryClient((thrown) => leaveWhenLoggedOut(readFailure(thrown)))
  return browserQueries
}

function createClient() {
  const url = typeof window === 'undefined' ? paths.trpc() : `${window.location.origin}${paths.trpc()}`
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url }),
        false: httpBatchStreamLink({
          url,
          maxItems: BATCH_MAX,
          maxURLLength: URL_MAX_CHARS,
          fetch: async (input, init) => await centreAnswer(await fetch(input, init as RequestInit)),
        }),
      }),
    ],
  })
}

export function CentreProvider({ children }: { children: ReactNode }) {
  const queryClient = queries()
  const [trpcClient] = useState(createClient)
  return (
    <QueryClientProvider client={queryClient}>
      <context.TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  )
}

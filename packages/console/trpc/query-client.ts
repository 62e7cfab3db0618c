// The cache of answers: one per page load in the browser, one per request on the server.
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { readFailure } from './failure.ts'

/** Milliseconds for which an answer is shown without asking again; live views poll or subscribe themselves. */
const FRESH_MS = 5_000
/** A second try covers a restart of the centre; more would hide that it is gone. */
const RETRIES_MAX = 1

export function createQueryClient(onFailure?: (thrown: unknown) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache(onFailure ? { onError: onFailure } : {}),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        refetchOnWindowFocus: true,
        retry: (failures, thrown) => failures < RETRIES_MAX && readFailure(thrown).mayPass,
      },
    },
  })
}

// The centre as the demo asks it: the same typed procedures that the console uses.
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { AppRouter } from '@sam3-fleet/aggregator/api/router'

export type CentreClient = TRPCClient<AppRouter>

export function createCentreClient(centreUrl: string): CentreClient {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${centreUrl}/trpc` })] })
}

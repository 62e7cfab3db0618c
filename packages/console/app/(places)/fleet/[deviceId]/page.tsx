import type { Metadata } from 'next'
import { DeviceView } from '@/features/device/device-view.tsx'
import { messages } from '@/messages.ts'
import { Hydrated, serverTRPC } from '@/trpc/server.tsx'

export const metadata: Metadata = { title: messages.fleet.name }

export default async function DevicePage({ params }: { params: Promise<{ deviceId: string }> }) {
  const [{ trpc, queryClient }, { deviceId }] = await Promise.all([serverTRPC(), params])
  const id = decodeURIComponent(deviceId)
  await queryClient.prefetchQuery(trpc.devices.byId.queryOptions({ deviceId: id }))
  return (
    <Hydrated>
      <DeviceView deviceId={id} />
    </Hydrated>
  )
}

import type { Metadata } from 'next'
import { FleetView } from '@/features/fleet/fleet-view.tsx'
import { messages } from '@/messages.ts'

export const metadata: Metadata = { title: messages.fleet.title }

export default function FleetPage() {
  return <FleetView />
}

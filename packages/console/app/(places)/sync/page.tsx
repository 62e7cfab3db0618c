import type { Metadata } from 'next'
import { SyncView } from '@/features/sync/sync-view.tsx'
import { messages } from '@/messages.ts'

export const metadata: Metadata = { title: messages.sync.title }

export default function SyncPage() {
  return <SyncView />
}

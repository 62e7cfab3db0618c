import type { Metadata } from 'next'
import { SearchView } from '@/features/search/search-view.tsx'
import { messages } from '@/messages.ts'

export const metadata: Metadata = { title: messages.search.title }

export default function SearchPage() {
  return <SearchView />
}

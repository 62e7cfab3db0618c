import { ResultSkeleton } from '@/features/search/results/result-skeleton.tsx'
import { messages } from '@/messages.ts'

export default function SearchLoading() {
  return (
    <div className="pt-40">
      <ResultSkeleton label={messages.search.searching} />
    </div>
  )
}

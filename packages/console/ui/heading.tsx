// Headings of a page and its sections, each with room for what one may do there.
import type { ReactNode } from 'react'

export function PageHeading({ children, aside }: { children: ReactNode; aside?: ReactNode }) {
  return (
    <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-6 gap-y-2 py-2">
      <h1 className="text-lg font-semibold tracking-tight">{children}</h1>
      {aside}
    </div>
  )
}

export interface SectionProps {
  title: string
  aside?: ReactNode
  children: ReactNode
  id: string
}

export function Section({ title, aside, children, id }: SectionProps) {
  return (
    <section aria-labelledby={id} className="mt-6">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-2 border-b pb-1">
        <h2 id={id} className="text-md font-semibold">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

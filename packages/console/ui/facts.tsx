// Names and values in two columns: the form of every list of facts.
import { Fragment, type ReactNode } from 'react'

export function Facts({ facts }: { facts: readonly { name: string; value: ReactNode }[] }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
      {facts.map(({ name, value }) => (
        <Fragment key={name}>
          <dt className="text-muted">{name}</dt>
          <dd className="break-words">{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

/** Figures in a row, each under its name. */
export function Figures({
  figures,
}: {
  figures: readonly { name: string; value: ReactNode; tone?: 'bad' | 'warn' | undefined }[]
}) {
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3 py-3">
      {figures.map(({ name, value, tone }) => (
        <div key={name} className="flex flex-col">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className={`text-lg ${tone === 'bad' ? 'text-bad' : tone === 'warn' ? 'text-warn' : ''}`}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  )
}

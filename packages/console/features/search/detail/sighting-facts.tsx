'use client'
// Everything that is known of a sighting, as names and values, down to the raw record.
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { SightingDetail } from '@sam3-fleet/shared/search/sighting-detail'
import { paths } from '../../../lib/paths.ts'
import { formatShare, UNKNOWN } from '../../../lib/quantity.ts'
import { Facts } from '../../../ui/facts.tsx'
import { Instant, Span } from '../../../ui/instant.tsx'

export function SightingFacts({ detail }: { detail: SightingDetail }) {
  const t = useTranslations('detail')
  const { result, record, words, sync } = detail
  const { colours, size, place, movement } = result.attributes
  const facts = [
    {
      name: t('where'),
      value: (
        <>
          <Link className="underline decoration-edge underline-offset-2" href={paths.device(result.deviceId)}>
            {result.deviceName}
          </Link>{' '}
          · {result.sourceName}
        </>
      ),
    },
    { name: t('when'), value: <Span from={result.firstSeen} to={result.lastSeen} withZone /> },
    { name: t('origin'), value: t(`origins.${record.timeOrigin}`) },
    { name: t('what'), value: result.label },
    ...(result.textPrompt ? [{ name: t('prompt'), value: `“${result.textPrompt}”` }] : []),
    { name: t('sure'), value: formatShare(result.confidence) },
    {
      name: t('colours'),
      value:
        colours.length === 0
          ? UNKNOWN
          : colours.map((colour) => `${colour.name} ${formatShare(colour.share)}`).join(', '),
    },
    { name: t('size'), value: size },
    { name: t('position'), value: place || UNKNOWN },
    { name: t('movement'), value: movement || UNKNOWN },
    {
      name: t('stands'),
      value: t('standsValue', { count: detail.detections.count, tracks: record.trackCount }),
    },
    { name: t('state'), value: t(`states.${result.state}`) },
    { name: t('received'), value: <Instant at={sync.receivedAt} withZone /> },
  ]
  return (
    <>
      <Facts facts={facts} />
      {words && words.length > 0 ? (
        <>
          <h3 className="mt-4 mb-1 font-medium">{t('words')}</h3>
          <Facts facts={words.map(({ word, from }) => ({ name: word, value: from }))} />
        </>
      ) : null}
      <details className="mt-4 border-t pt-2">
        <summary className="py-1 text-muted hover:text-ink">{t('raw')}</summary>
        <pre
          tabIndex={0}
          aria-label={t('raw')}
          className="mt-1 max-h-96 overflow-auto bg-surface p-3 font-mono text-xs"
        >
          {JSON.stringify(detail, null, 2)}
        </pre>
      </details>
    </>
  )
}

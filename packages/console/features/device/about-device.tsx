'use client'
// What the device is: ids, versions, pack, and what of its outbox the centre has.
import { useTranslations } from 'next-intl'
import type { DeviceDetail } from '@sam3-fleet/shared/fleet/device-view'
import { formatCount, UNKNOWN } from '../../lib/quantity.ts'
import { Facts } from '../../ui/facts.tsx'
import { Section } from '../../ui/heading.tsx'
import { Instant } from '../../ui/instant.tsx'

export function AboutDevice({ device }: { device: DeviceDetail }) {
  const t = useTranslations('device.about')
  const current = device.epochs.find(({ epoch }) => epoch === device.currentEpoch)
  return (
    <Section title={t('title')} id="about">
      <div className="py-3">
        <Facts
          facts={[
            { name: t('id'), value: <span className="font-mono">{device.deviceId}</span> },
            { name: t('version'), value: device.agentVersion ?? UNKNOWN },
            { name: t('pack'), value: device.pack ? `${device.pack.id} ${device.pack.version}` : UNKNOWN },
            { name: t('labels'), value: <Labels labels={device.labels} /> },
            { name: t('spaces'), value: device.spaces.map(({ spaceId }) => spaceId).join(', ') || UNKNOWN },
            {
              name: t('epoch'),
              value: current
                ? t('epochValue', { hwm: formatCount(current.hwm), maxSeq: formatCount(current.maxSeq) })
                : UNKNOWN,
            },
            { name: t('quarantined'), value: formatCount(device.quarantined) },
            { name: t('lost'), value: formatCount(device.lostEntries) },
            { name: t('incidents'), value: formatCount(device.incidents) },
            { name: t('enrolled'), value: <Instant at={device.enrolledAt} withZone /> },
          ]}
        />
      </div>
    </Section>
  )
}

/** Packs see up to hundreds of things: a few at once, all on demand. */
const LABELS_SHOWN = 12

function Labels({ labels }: { labels: readonly string[] }) {
  if (labels.length === 0) return UNKNOWN
  if (labels.length <= LABELS_SHOWN) return labels.join(', ')
  return (
    <details>
      <summary>{`${labels.slice(0, LABELS_SHOWN).join(', ')} … ${formatCount(labels.length)}`}</summary>
      {labels.slice(LABELS_SHOWN).join(', ')}
    </details>
  )
}

'use client'
// The figures of a device beside its name and state, column by column.
import { useTranslations } from 'next-intl'
import type { ComponentType } from 'react'
import type { DeviceSummary } from '@sam3-fleet/shared/fleet/device-view'
import { formatLag } from '../../lib/lag.ts'
import { formatBytes, formatCount, formatRate, UNKNOWN } from '../../lib/quantity.ts'
import { Age } from '../../ui/instant.tsx'

/** Above it a board slows itself down; shown as a warning. */
const HOT_C = 85

export interface Column {
  key: 'lag' | 'backlog' | 'rate' | 'disk' | 'sightings' | 'temperature' | 'pack' | 'version' | 'heard'
  /** Where it is shown, and how. */
  className: string
  Value: ComponentType<{ device: DeviceSummary }>
}

const MEDIUM = 'hidden truncate text-right md:block'
const WIDE = 'hidden truncate text-right xl:block'

export const COLUMNS: readonly Column[] = [
  {
    key: 'lag',
    className: MEDIUM,
    Value: ({ device }) => formatLag(device),
  },
  {
    key: 'backlog',
    className: MEDIUM,
    Value: ({ device }) => (
      <span title={formatBytes(device.backlogBytes)}>{formatCount(device.backlogEntries)}</span>
    ),
  },
  { key: 'rate', className: MEDIUM, Value: ({ device }) => formatRate(device.rate?.entriesPerS) },
  { key: 'disk', className: WIDE, Value: Disk },
  {
    key: 'sightings',
    className: WIDE,
    Value: ({ device: { sightings } }) => formatCount(sightings),
  },
  { key: 'temperature', className: WIDE, Value: Temperature },
  {
    key: 'pack',
    className: 'hidden truncate pl-4 xl:block',
    Value: ({ device: { pack } }) => (pack ? `${pack.id} ${pack.version}` : UNKNOWN),
  },
  {
    key: 'version',
    className: 'hidden truncate xl:block',
    Value: ({ device: { agentVersion } }) => agentVersion ?? UNKNOWN,
  },
  { key: 'heard', className: MEDIUM, Value: Heard },
]

function Disk({ device: { disk } }: { device: DeviceSummary }) {
  const t = useTranslations('fleet')
  if (!disk) return UNKNOWN
  return disk.paused ? (
    <span className="text-bad" title={t('paused')}>
      {formatBytes(disk.freeBytes)}
    </span>
  ) : (
    formatBytes(disk.freeBytes)
  )
}

function Temperature({ device: { temperatureC } }: { device: DeviceSummary }) {
  if (temperatureC === null) return UNKNOWN
  return <span className={temperatureC >= HOT_C ? 'text-warn' : ''}>{`${Math.round(temperatureC)} °C`}</span>
}

function Heard({ device: { heardAt } }: { device: DeviceSummary }) {
  const t = useTranslations('fleet')
  return heardAt === null ? t('never') : <Age at={heardAt} />
}

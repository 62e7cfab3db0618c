'use client'
// How far behind, how fast, how full: the figures of one device in a row.
import { useTranslations } from 'next-intl'
import type { DeviceDetail } from '@sam3-fleet/shared/fleet/device-view'
import { formatLag } from '../../lib/lag.ts'
import { formatBytes, formatCount, formatRate, UNKNOWN } from '../../lib/quantity.ts'
import { formatAge } from '../../lib/time.ts'
import { Figures } from '../../ui/facts.tsx'

export function DeviceFigures({ device }: { device: DeviceDetail }) {
  const t = useTranslations('device.figures')
  const { status, disk, temperatureC } = device
  const pipeline = status?.pipeline
  return (
    <Figures
      figures={[
        { name: t('lag'), value: formatLag(device) },
        {
          name: t('backlog'),
          value: t('entries', { count: device.backlogEntries }),
          tone: device.state === 'behind' ? 'warn' : undefined,
        },
        { name: t('frames'), value: formatRate(pipeline?.framesPerS) },
        { name: t('detect'), value: pipeline ? `${Math.round(pipeline.detectMsP50)} ms` : UNKNOWN },
        { name: t('dropped'), value: formatCount(pipeline?.framesDropped) },
        { name: t('sightings'), value: formatCount(device.sightings) },
        { name: t('detections'), value: formatCount(status?.totals.detections) },
        {
          name: t('disk'),
          value: formatBytes(disk?.freeBytes),
          tone: disk?.paused ? 'bad' : undefined,
        },
        ...(temperatureC === null
          ? []
          : [{ name: t('temperature'), value: `${Math.round(temperatureC)} °C` }]),
        { name: t('uptime'), value: status ? formatAge(status.uptimeS * 1000) : UNKNOWN },
      ]}
    />
  )
}

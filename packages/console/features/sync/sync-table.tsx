'use client'
// Every device with its figures of the link; those in trouble come first, as the centre sorts them.
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { DeviceSync, SyncStatus } from '@sam3-fleet/shared/fleet/sync-view'
import { paths } from '../../lib/paths.ts'
import { formatLag } from '../../lib/lag.ts'
import { formatByteRate, formatCount, formatRate } from '../../lib/quantity.ts'
import { join } from '../../ui/class-names.ts'
import { DeviceState } from '../../ui/device-state.tsx'

const NUMBERS = ['lag', 'backlog', 'hwm', 'entries', 'bytes', 'resends', 'rejects', 'losses'] as const

export function SyncTable({ status: { devices, omitted } }: { status: SyncStatus }) {
  const t = useTranslations('sync')
  return (
    <>
      <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={t('table')}>
        <table className="w-full min-w-max text-left">
          <thead className="text-sm text-muted">
            <tr>
              <th scope="col" className="py-1.5 pr-6 font-normal">
                {t('device')}
              </th>
              <th scope="col" className="pr-6 font-normal">
                {t('state')}
              </th>
              {NUMBERS.map((key) => (
                <th
                  key={key}
                  scope="col"
                  title={key === 'hwm' ? t('hwmTitle') : undefined}
                  className="pr-6 text-right font-normal"
                >
                  {t(key)}
                </th>
              ))}
              <th scope="col" className="font-normal">
                {t('error')}
              </th>
            </tr>
          </thead>
          <tbody>
            {devices.map((device) => (
              <SyncRow key={device.deviceId} device={device} />
            ))}
          </tbody>
        </table>
      </div>
      {omitted > 0 ? <p className="mt-2 text-muted">{t('omitted', { count: omitted })}</p> : null}
    </>
  )
}

function SyncRow({ device }: { device: DeviceSync }) {
  const t = useTranslations('sync')
  const number = 'pr-6 text-right whitespace-nowrap'
  return (
    <tr className="border-t hover:bg-surface">
      <th scope="row" className="py-1.5 pr-6 font-normal">
        <Link className="underline-offset-2 hover:underline" href={paths.device(device.deviceId)}>
          {device.name}
        </Link>
      </th>
      <td className="pr-6">
        <DeviceState state={device.state} detail={device.stateDetail} />
      </td>
      <td className={number}>{formatLag(device)}</td>
      <td className={number}>{formatCount(device.backlogEntries)}</td>
      <td className={number}>
        {formatCount(device.hwm)} <span className="text-muted">/ {formatCount(device.maxSeq)}</span>
      </td>
      <td className={number}>{formatRate(device.entriesPerS)}</td>
      <td className={number}>{formatByteRate(device.bytesPerS)}</td>
      <td className={number}>{formatCount(device.resentBatches)}</td>
      <td className={join(number, device.rejects > 0 && 'text-warn')}>{formatCount(device.rejects)}</td>
      <td className={join(number, device.losses > 0 && 'text-bad')}>{formatCount(device.losses)}</td>
      <td
        className={join('max-w-96 truncate', !device.lastError && 'text-muted')}
        title={device.lastError ?? ''}
      >
        {device.lastError ?? t('noError')}
      </td>
    </tr>
  )
}

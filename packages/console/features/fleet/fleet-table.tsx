'use client'
// Devices in rows with their figures; less of them on a narrow screen.
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useLayoutEffect, useRef, useState } from 'react'
import type { DeviceSummary } from '@sam3-fleet/shared/fleet/device-view'
import { paths } from '../../lib/paths.ts'
import { join } from '../../ui/class-names.ts'
import { DeviceState } from '../../ui/device-state.tsx'
import { COLUMNS } from './fleet-columns.tsx'

const ROW_PX = 36
const OVERSCAN_ROWS = 12

const rowClass =
  'grid items-center gap-x-4 grid-cols-[minmax(0,1fr)_max-content] md:grid-cols-[minmax(8rem,1.4fr)_minmax(9rem,1fr)_repeat(4,minmax(4.5rem,0.7fr))] xl:grid-cols-[minmax(9rem,1.4fr)_minmax(10rem,1.2fr)_repeat(5,minmax(4.5rem,0.7fr))_minmax(3.5rem,0.5fr)_minmax(7rem,1.1fr)_minmax(4rem,0.6fr)_minmax(4rem,0.6fr)]'

export function FleetTable({ devices }: { devices: readonly DeviceSummary[] }) {
  const t = useTranslations('fleet')
  const body = useRef<HTMLDivElement>(null)
  const [offsetTop, setOffsetTop] = useState(0)
  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top
    if (top !== undefined) setOffsetTop(top + window.scrollY)
  }, [])
  const virtual = useWindowVirtualizer({
    count: devices.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: offsetTop,
    // Drawn by the server too: as many rows as a window holds.
    initialRect: { width: 1_280, height: 900 },
  })
  return (
    <div role="table" aria-label={t('title')} aria-rowcount={devices.length + 1}>
      <div role="rowgroup" className="sticky top-12 z-10 bg-ground">
        <div role="row" aria-rowindex={1} className={join(rowClass, 'h-8 border-b text-sm text-muted')}>
          <span role="columnheader">{t('name')}</span>
          <span role="columnheader">{t('state')}</span>
          {COLUMNS.map(({ key, className }) => (
            <span key={key} role="columnheader" className={className}>
              {t(key)}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={body} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const device = devices[item.index]
          if (!device) return null
          return (
            <div
              key={device.deviceId}
              role="row"
              aria-rowindex={item.index + 2}
              className={join(rowClass, 'absolute inset-x-0 top-0 border-b hover:bg-surface')}
              style={{
                height: ROW_PX,
                transform: `translateY(${item.start - virtual.options.scrollMargin}px)`,
              }}
            >
              <span role="rowheader" className="min-w-0">
                <Link
                  href={paths.device(device.deviceId)}
                  className="flex h-9 items-center truncate font-medium hover:text-accent"
                >
                  {device.name}
                </Link>
              </span>
              <span role="cell">
                <DeviceState state={device.state} detail={device.stateDetail} />
              </span>
              {COLUMNS.map(({ key, className, Value }) => (
                <span key={key} role="cell" className={className}>
                  <Value device={device} />
                </span>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

'use client'
// The backlog as one thin line over the last minutes; its sum in words for those who cannot see it.
import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { useZone } from '../../ui/clock.tsx'
import { formatCount } from '../../lib/quantity.ts'
import { formatInstant } from '../../lib/time.ts'
import { seriesOf, type BacklogHistory } from './backlog-history.ts'

const HEIGHT_PX = 140
const AXIS_WIDTH_PX = 56
/** A short visit is not stretched over the whole width. */
const WINDOW_MIN_S = 60
/** Room for `14:02:31`. */
const TICK_SPACE_PX = 80
const TICKS_S = [5, 10, 15, 30, 60, 120, 300]
const FONT = '11px ui-sans-serif, system-ui, sans-serif'

export interface BacklogChartProps {
  history: BacklogHistory
  /** Null: all devices together. */
  deviceId: string | null
  name: string
}

export function BacklogChart({ history, deviceId, name }: BacklogChartProps) {
  const t = useTranslations('sync')
  const zone = useZone()
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const { timesS, entries } = seriesOf(history, deviceId)
  const known = entries.filter((one) => one !== null)

  useEffect(() => {
    const element = box.current
    if (!element) return
    const chart = new uPlot(optionsFor(element, zone), [[], []], element)
    plot.current = chart
    const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT_PX }))
    resized.observe(element)
    // Colours are read when drawn; another theme only needs another drawing.
    const themed = matchMedia('(prefers-color-scheme: light)')
    const redraw = (): void => chart.redraw()
    themed.addEventListener('change', redraw)
    const attributes = new MutationObserver(redraw)
    attributes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      attributes.disconnect()
      themed.removeEventListener('change', redraw)
      resized.disconnect()
      chart.destroy()
      plot.current = null
    }
  }, [zone])
  useEffect(() => plot.current?.setData([timesS, entries]))

  return (
    <figure className="mt-2">
      <div ref={box} aria-hidden style={{ height: HEIGHT_PX }} />
      <figcaption className="text-sm text-muted">
        {known.length < 2
          ? t('chartWaiting')
          : t('chartSummary', {
              name,
              now: formatCount(known.at(-1)),
              highest: formatCount(Math.max(...known)),
            })}
      </figcaption>
    </figure>
  )
}

function optionsFor(element: HTMLElement, zone: string): uPlot.Options {
  const axis = { stroke: resolved(element, 'text-muted'), font: FONT, ticks: { show: false } }
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (atS) => uPlot.tzDate(new Date(atS * 1000), zone),
    scales: {
      x: { range: (_plot, min, max) => [Math.min(min, max - WINDOW_MIN_S), max] },
      y: { range: (_plot, _min, max) => [0, Math.max(10, (max ?? 0) * 1.1)] },
    },
    series: [
      {},
      { stroke: resolved(element, 'text-accent'), width: 1.5, points: { show: false }, spanGaps: false },
    ],
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: TICK_SPACE_PX,
        incrs: TICKS_S,
        values: (_plot, ticks) => ticks.map((atS) => formatInstant(atS * 1000, { zone, nowMs: atS * 1000 })),
      },
      { ...axis, size: AXIS_WIDTH_PX, grid: { stroke: resolved(element, 'text-line'), width: 1 } },
    ],
  }
}

/** A canvas does not know light-dark(): ask the browser what a class comes to, each time it is drawn. */
function resolved(element: HTMLElement, className: string): () => string {
  return () => {
    const probe = document.createElement('span')
    probe.className = className
    element.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
}

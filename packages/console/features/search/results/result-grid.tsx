'use client'
// The finds as a grid of equal places, drawn only where the reader looks. The keys move through it; nothing in it moves
// by itself.
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useTranslations } from 'next-intl'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { join } from '../../../ui/class-names.ts'
import { refKey, type Ref } from '../question.ts'
import type { Answer } from './answer.ts'
import { HeldLine } from './held-line.tsx'
import { ResultTile, TILE_TEXT_PX } from './result-tile.tsx'
import { SectionHeading } from './section-heading.tsx'
import { layOut } from './sections.ts'
import { useGridKeys } from './use-grid-keys.ts'
import { useWidth } from './use-width.ts'

/** Narrower pictures cannot be told apart. */
const TILE_MIN_PX = 168
const GAP_PX = 12
const HEADING_PX = 40
/** Rows drawn beyond the window, so that scrolling does not outrun them. */
const OVERSCAN_ROWS = 3

export interface ResultGridProps {
  answer: Answer
  openKey: string | null
  showsWeak: boolean
  isLoadingMore: boolean
  onOpen: (ref: Ref | null) => void
  onSimilar: (ref: Ref) => void
  onShowHeld: () => void
  onShowWeak: (shows: boolean) => void
  onLoadMore: () => void
}

export function ResultGrid(props: ResultGridProps) {
  const { answer, openKey, showsWeak, onOpen, onSimilar } = props
  const t = useTranslations('search')
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  // Two on a phone, as many as fit elsewhere.
  const columns = Math.max(2, Math.floor((width + GAP_PX) / (TILE_MIN_PX + GAP_PX)))
  const tileWidth = (width - GAP_PX * (columns - 1)) / columns
  const imageHeight = Math.round(tileWidth * 0.75)
  const onlyWeak = answer.shown.every(({ band }) => band === 'weak')
  const layout = useMemo(
    () => layOut(answer.shown, { columns, showsWeak: showsWeak || onlyWeak }),
    [answer.shown, columns, showsWeak, onlyWeak],
  )
  const [offsetTop, setOffsetTop] = useState(0)
  useEffect(() => {
    const top = box.current?.getBoundingClientRect().top
    if (top !== undefined) setOffsetTop(top + window.scrollY)
  }, [answer.latest, width])

  const virtual = useWindowVirtualizer({
    count: layout.rows.length,
    estimateSize: (row) =>
      layout.rows[row]?.type === 'heading' ? HEADING_PX : imageHeight + TILE_TEXT_PX + GAP_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: offsetTop,
    scrollPaddingStart: 64,
  })
  useEffect(() => {
    virtual.measure()
  }, [virtual, imageHeight, columns, layout])

  const tiles = useRef(new Map<string, HTMLAnchorElement>())
  const keep = useCallback((key: string, element: HTMLAnchorElement | null) => {
    if (element) tiles.current.set(key, element)
    else tiles.current.delete(key)
  }, [])
  const grid = useGridKeys({
    layout,
    isOpen: openKey !== null,
    reveal: (index) => virtual.scrollToIndex(layout.rowOf[index] ?? 0),
    elementOf: (key) => tiles.current.get(key),
    onOpen,
    onSimilar,
  })
  const tabStop = grid.currentKey ?? (layout.tiles[0] ? refKey(layout.tiles[0].result) : null)

  return (
    <section aria-label={t('results')} className={join('pt-1', answer.outdated && 'opacity-50')}>
      <HeldLine held={answer.held} onShow={props.onShowHeld} />
      <div ref={box} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = layout.rows[item.index]
          if (!row) return null
          return (
            <div
              key={item.key}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - virtual.options.scrollMargin}px)` }}
            >
              {row.type === 'heading' ? (
                <SectionHeading row={row} foldable={!onlyWeak} onShowWeak={props.onShowWeak} />
              ) : (
                <ul
                  className="grid"
                  style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, columnGap: GAP_PX }}
                >
                  {row.tiles.map(({ result, index }) => {
                    const key = refKey(result)
                    return (
                      <li key={key} aria-setsize={layout.tiles.length} aria-posinset={index + 1}>
                        <ResultTile
                          ref={(element) => keep(key, element)}
                          result={result}
                          isOpen={key === openKey}
                          isTabStop={key === tabStop}
                          imageHeight={imageHeight}
                          onOpen={() => onOpen(result)}
                          onFocus={() => grid.setCurrent(key)}
                        />
                      </li>
                    )
                  })}
                </ul>
              )}
            </div>
          )
        })}
      </div>
      {answer.nextCursor === null ? null : (
        <p className="mt-4">
          <Button onPress={props.onLoadMore} isDisabled={props.isLoadingMore}>
            {props.isLoadingMore ? t('loadingMore') : t('loadMore')}
          </Button>
        </p>
      )}
    </section>
  )
}

'use client'
// j, k and the arrows move through the finds, Enter opens (it is a link), s finds similar ones. Works from anywhere on the
// page where nothing is being typed; arrows only inside the grid, or the page could not be scrolled.
import { useCallback, useEffect, useRef, useState } from 'react'
import { isTyping } from '../../../lib/keyboard.ts'
import { refKey, type Ref } from '../question.ts'
import { moveTo, type Layout, type Move } from './sections.ts'

const ANYWHERE: Record<string, Move> = { j: 'next', k: 'previous' }
const INSIDE: Record<string, Move> = {
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  ArrowDown: 'below',
  ArrowUp: 'above',
  Home: 'first',
  End: 'last',
}

export interface GridKeysOptions {
  layout: Layout
  /** While a find is open, moving opens the next one. */
  isOpen: boolean
  reveal: (index: number) => void
  elementOf: (key: string) => HTMLElement | undefined
  onOpen: (ref: Ref) => void
  onSimilar: (ref: Ref) => void
}

export function useGridKeys(options: GridKeysOptions) {
  const [currentKey, setCurrent] = useState<string | null>(null)
  const latest = useRef({ ...options, currentKey })
  useEffect(() => {
    latest.current = { ...options, currentKey }
  })

  const go = useCallback((move: Move) => {
    const { layout, currentKey: key, reveal, elementOf, isOpen, onOpen } = latest.current
    const at = layout.tiles.findIndex(({ result }) => refKey(result) === key)
    const target = layout.tiles[moveTo(layout, at, move)]
    if (!target) return
    const targetKey = refKey(target.result)
    setCurrent(targetKey)
    reveal(target.index)
    focusWhenDrawn(() => elementOf(targetKey))
    if (isOpen) onOpen(target.result)
  }, [])

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const { currentKey: key, elementOf, layout, onSimilar } = latest.current
      const isInside = key !== null && elementOf(key) === event.target
      const move = ANYWHERE[event.key] ?? (isInside ? INSIDE[event.key] : undefined)
      if (move) {
        event.preventDefault()
        go(move)
      } else if (event.key === 's') {
        const current = layout.tiles.find(({ result }) => refKey(result) === key)
        if (current) onSimilar(current.result)
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [go])

  return { currentKey, setCurrent }
}

/** Frames until a revealed row is drawn; more than a few means that it is not there. */
const FRAMES_MAX = 10

function focusWhenDrawn(find: () => HTMLElement | undefined, frames = 0): void {
  const element = find()
  if (element) element.focus({ preventScroll: true })
  else if (frames < FRAMES_MAX) requestAnimationFrame(() => focusWhenDrawn(find, frames + 1))
}

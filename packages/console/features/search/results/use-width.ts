'use client'
// The width of an element in pixels, as it changes.
import { useLayoutEffect, useState, type RefObject } from 'react'

/** Before it was measured: a common window, so that the first drawing is near. */
const ASSUMED_PX = 1_200

export function useWidth(of: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(ASSUMED_PX)
  useLayoutEffect(() => {
    const element = of.current
    if (!element) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [of])
  return width
}

// OpenCV's own WebAssembly build, loaded once in the calling thread; 130 MB, so it belongs into a worker that may end.
import { createRequire } from 'node:module'
import type * as OpenCvModule from '@techstark/opencv-js'

export type OpenCv = typeof OpenCvModule

/** Wrapped, because the module itself has a `then` that answers with the module: awaiting it would never end. */
export async function openCv(): Promise<{ cv: OpenCv }> {
  const loaded = createRequire(import.meta.url)('@techstark/opencv-js') as unknown
  if (loaded instanceof Promise) return { cv: (await loaded) as OpenCv }
  const cv = loaded as OpenCv & { onRuntimeInitialized: () => void }
  if (!Object.hasOwn(cv, 'Mat')) await new Promise<void>((resolve) => (cv.onRuntimeInitialized = resolve))
  return { cv }
}

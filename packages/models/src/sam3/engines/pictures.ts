// The pictures on which engines are compared with the reference: photos that came with the product, so that a report of one
// device says the same as that of another.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RgbImage } from '../../image/rgb-image.ts'

/** The same from sources and from a build. */
const PICTURES_DIR = fileURLToPath(new URL('../../../parity-pictures', import.meta.url))

/** In the order of their names. */
export async function parityPictures(): Promise<RgbImage[]> {
  const names = (await readdir(PICTURES_DIR)).filter((name) => /\.(png|jpg|webp)$/.test(name)).toSorted()
  return Promise.all(names.map((name) => readRgb(join(PICTURES_DIR, name))))
}

async function readRgb(path: string): Promise<RgbImage> {
  // Here and not above: every command of the command line would wait for a library that one of them needs.
  const { default: sharp } = await import('sharp')
  const { data, info } = await sharp(path)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data: new Uint8Array(data), width: info.width, height: info.height }
}

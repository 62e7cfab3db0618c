// Naming and binning of colours as one array look-up per pixel: 5 bits per channel, filled on first use.
import { COLOUR_NAMES, nameOklch } from './name-colour.ts'
import { oklabOf, oklchOf } from './oklab.ts'

/** 32 steps per channel: half a step is below what video compression changes anyway. */
const CHANNEL_BITS = 5
const CHANNEL_STEPS = 1 << CHANNEL_BITS
const STEP = 256 / CHANNEL_STEPS

/** Bins of about one just-visible patch difference: wide enough that 1,000 samples fill them. */
const LIGHTNESS_STEP = 0.1
const CHROMA_STEP = 0.05
const LIGHTNESS_BINS = 11
const CHROMA_BINS = 16
const CHROMA_ORIGIN = 8

export const COLOUR_BIN_COUNT = LIGHTNESS_BINS * CHROMA_BINS * CHROMA_BINS

export interface ColourTable {
  /** Index into COLOUR_NAMES by `colourTableIndex`. */
  readonly nameOf: Uint8Array
  /** Bin number below COLOUR_BIN_COUNT by `colourTableIndex`. */
  readonly binOf: Uint16Array
  /** Oklab's two axes of colour by `colourTableIndex`: of their sums a mean hue is taken. */
  readonly aOf: Float32Array
  readonly bOf: Float32Array
}

export function colourTableIndex(red: number, green: number, blue: number): number {
  return ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3)
}

let table: ColourTable | null = null

/** The shared table; the first call fills it (about 10 ms). */
export function colourTable(): ColourTable {
  table ??= fillTable()
  return table
}

function fillTable(): ColourTable {
  const nameOf = new Uint8Array(CHANNEL_STEPS ** 3)
  const binOf = new Uint16Array(CHANNEL_STEPS ** 3)
  const [aOf, bOf] = [new Float32Array(nameOf.length), new Float32Array(nameOf.length)]
  for (let index = 0; index < nameOf.length; index++) {
    const channel = (shift: number): number => ((index >> shift) & (CHANNEL_STEPS - 1)) * STEP + STEP / 2
    const lab = oklabOf(channel(10), channel(5), channel(0))
    nameOf[index] = COLOUR_NAMES.indexOf(nameOklch(oklchOf(lab)))
    binOf[index] = binOfLab(lab.lightness, lab.a, lab.b)
    aOf[index] = lab.a
    bOf[index] = lab.b
  }
  return { nameOf, binOf, aOf, bOf }
}

function binOfLab(lightness: number, a: number, b: number): number {
  const lightnessBin = Math.min(LIGHTNESS_BINS - 1, Math.floor(lightness / LIGHTNESS_STEP))
  const chromaBin = (value: number): number =>
    Math.min(CHROMA_BINS - 1, Math.max(0, Math.floor(value / CHROMA_STEP + 0.5) + CHROMA_ORIGIN))
  return (lightnessBin * CHROMA_BINS + chromaBin(a)) * CHROMA_BINS + chromaBin(b)
}

// sRGB bytes in, Oklab out: a space where equal distances look about equally different.
// Source: Björn Ottosson, "A perceptual color space for image processing" (2020), and IEC 61966-2-1 for sRGB.

/** Lightness 0..1; `a` green to red and `b` blue to yellow, both about -0.4..0.4. */
export interface Oklab {
  lightness: number
  a: number
  b: number
}

/** Polar form: chroma 0 (grey) to about 0.37, hue in degrees 0..360 (red 29, yellow 110, green 142, blue 264). */
export interface Oklch {
  lightness: number
  chroma: number
  hueDegrees: number
}

function toLinear(byte: number): number {
  const value = byte / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

/** @param red 0..255, as are `green` and `blue`. */
export function oklabOf(red: number, green: number, blue: number): Oklab {
  const r = toLinear(red)
  const g = toLinear(green)
  const b = toLinear(blue)
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return {
    lightness: 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    a: 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    b: 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  }
}

export function oklchOf({ lightness, a, b }: Oklab): Oklch {
  const hueDegrees = (Math.atan2(b, a) * 180) / Math.PI
  return { lightness, chroma: Math.hypot(a, b), hueDegrees: hueDegrees < 0 ? hueDegrees + 360 : hueDegrees }
}

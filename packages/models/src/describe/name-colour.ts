// A colour in, one of eleven basic colour terms out. The vocabulary is that of Berlin and Kay, "Basic Color
// Terms" (1969); the borders are drawn in Oklch around the CSS colours of the same names.
import type { Oklch } from './oklab.ts'
import { oklabOf, oklchOf } from './oklab.ts'

export const COLOUR_NAMES = [
  'black',
  'white',
  'grey',
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
] as const
export type ColourName = (typeof COLOUR_NAMES)[number]

/** Below this lightness a camera's chroma is noise, whatever it says. */
const BLACK_LIGHTNESS = 0.2
/** Dark and nearly colourless is black too: dark cloth seldom gets below 0.2 on video. */
const DARK_LIGHTNESS = 0.34
const DARK_MAX_CHROMA = 0.035
/** White cloth and paint in daylight; only paper and lamps get above 0.95. */
const WHITE_LIGHTNESS = 0.84
/** Chroma under which a colour reads as black, grey or white; 4:2:0 video and white balance stay below it. */
const GREY_MAX_CHROMA = 0.035

function nameGrey(lightness: number): ColourName {
  if (lightness < DARK_LIGHTNESS) return 'black'
  return lightness < WHITE_LIGHTNESS ? 'grey' : 'white'
}

/** Red, orange and yellow hues change their name with lightness: dark orange is brown, light red is pink. */
function nameWarm({ lightness, chroma, hueDegrees }: Oklch): ColourName {
  if (hueDegrees < 36) {
    if (lightness > 0.7 && chroma < 0.16) return 'pink'
    return chroma < 0.08 && lightness < 0.6 ? 'brown' : 'red'
  }
  if (hueDegrees < 78) {
    if (lightness < 0.62 || chroma < 0.075) return lightness > 0.82 ? 'orange' : 'brown'
    return hueDegrees < 42 && lightness < 0.67 ? 'red' : 'orange'
  }
  if (lightness < 0.56) return hueDegrees < 100 ? 'brown' : 'green'
  return chroma < 0.06 && lightness < 0.75 ? 'brown' : 'yellow'
}

function nameCool({ lightness, hueDegrees }: Oklch): ColourName {
  if (hueDegrees < 188) return 'green'
  if (hueDegrees < 286) return 'blue'
  if (hueDegrees < 335) return lightness > 0.75 ? 'pink' : 'purple'
  return 'pink'
}

/** The basic colour term for a colour in Oklch. */
export function nameOklch(colour: Oklch): ColourName {
  const { lightness, chroma, hueDegrees } = colour
  if (lightness < BLACK_LIGHTNESS) return 'black'
  if (chroma < GREY_MAX_CHROMA || (lightness < DARK_LIGHTNESS && chroma < DARK_MAX_CHROMA)) {
    return nameGrey(lightness)
  }
  if (hueDegrees >= 8 && hueDegrees < 112) {
    // Dark yellow (olive) is called green by most speakers.
    if (hueDegrees >= 100 && lightness < 0.65) return 'green'
    return nameWarm(colour)
  }
  // Between pink and red: deep crimson reads as red, the light or vivid ones as pink.
  if (hueDegrees < 8 || hueDegrees >= 352) return lightness < 0.6 ? 'red' : 'pink'
  return nameCool(colour)
}

/** The basic colour term for sRGB bytes (0..255 each). */
export function nameColour(red: number, green: number, blue: number): ColourName {
  return nameOklch(oklchOf(oklabOf(red, green, blue)))
}

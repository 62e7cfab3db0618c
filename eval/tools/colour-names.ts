// The colour names that labels of the truth set may use; the same ones for clothes, vehicles, animals and things.
export const COLOURS = [
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
  'beige',
] as const

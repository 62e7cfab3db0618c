// A part of a picture in, lines over its enlargement with the picture's own pixel numbers out (SVG): what is drawn by eye
// is read off them.

export interface View {
  x: number
  y: number
  w: number
  h: number
}

/** A line every `grid` pixels of the picture, which is shown `scale` times as large. */
export function gridLines({ x, y, w, h }: View, { scale, grid }: { scale: number; grid: number }): string[] {
  const lines: string[] = []
  const style = 'stroke="white" stroke-opacity="0.3" stroke-width="1"'
  for (let at = Math.ceil(x / grid) * grid; at < x + w; at += grid) {
    const onPicture = (at - x) * scale
    lines.push(`<path d="M${onPicture} 0V${h * scale}" ${style}/>`, text(onPicture + 1, 10, `${at}`))
  }
  for (let at = Math.ceil(y / grid) * grid; at < y + h; at += grid) {
    const onPicture = (at - y) * scale
    lines.push(`<path d="M0 ${onPicture}H${w * scale}" ${style}/>`, text(1, onPicture + 10, `${at}`))
  }
  return lines
}

export function text(
  x: number,
  y: number,
  words: string,
  look: { fill: string; size: number } = { fill: 'white', size: 10 },
): string {
  return `<text x="${x}" y="${y}" font-size="${look.size}" fill="${look.fill}" stroke="black" stroke-width="2" paint-order="stroke">${words}</text>`
}

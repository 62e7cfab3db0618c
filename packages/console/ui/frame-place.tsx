// Where in a frame something stands, as a small drawing: the frame 16:9, the box to scale.
import { join } from './class-names.ts'

export interface FramePlaceProps {
  /** `[x, y, w, h]` in 0..1. */
  bbox: readonly [number, number, number, number]
  label?: string
  className?: string
}

const [WIDTH, HEIGHT] = [160, 90]

export function FramePlace({ bbox: [x, y, w, h], label, className }: FramePlaceProps) {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
      className={join('block border border-line', className)}
    >
      <rect
        x={x * WIDTH}
        y={y * HEIGHT}
        width={Math.max(2, w * WIDTH)}
        height={Math.max(2, h * HEIGHT)}
        className="fill-accent/20 stroke-accent"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}

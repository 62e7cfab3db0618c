// The grid before its first result, in the shape and at the height that it will have: above it will stand, in this order, the
// line of the answer (24 px), its coverage (33), what is held (36) and the first heading (40).
const TILES = 18

export function ResultSkeleton({ label }: { label: string }) {
  return (
    <div
      role="status"
      aria-label={label}
      className="pt-[8.3125rem] grid grid-cols-[repeat(auto-fill,minmax(10.5rem,1fr))] gap-x-3 gap-y-4"
    >
      {Array.from({ length: TILES }, (_, tile) => (
        <div key={tile} aria-hidden>
          <div className="skeleton aspect-[4/3]" />
          <div className="skeleton mt-2 h-3 w-4/5" />
          <div className="skeleton mt-2 h-3 w-3/5" />
        </div>
      ))}
    </div>
  )
}

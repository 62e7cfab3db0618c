// Placeholders in the final shape, so that nothing moves when the content comes.
export function SkeletonLine({ width }: { width: string }) {
  return <span aria-hidden className="skeleton inline-block h-3 align-middle" style={{ width }} />
}

export function SkeletonRows({ rows, label }: { rows: number; label: string }) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-9 items-center gap-6 border-b">
          <SkeletonLine width="20%" />
          <SkeletonLine width="12%" />
          <SkeletonLine width={`${30 - (row % 3) * 8}%`} />
        </div>
      ))}
    </div>
  )
}

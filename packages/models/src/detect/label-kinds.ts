// Labels that a detector confuses on one and the same object from frame to frame: such boxes may share a track.

const KINDS: readonly (readonly string[])[] = [
  ['car', 'truck', 'bus', 'train'],
  ['bicycle', 'motorcycle'],
  ['cat', 'dog', 'sheep', 'cow', 'horse', 'bear', 'zebra', 'giraffe', 'elephant'],
  ['backpack', 'handbag', 'suitcase'],
  ['chair', 'couch', 'bench'],
]
const KIND_OF = new Map(KINDS.flatMap((labels, kind) => labels.map((label) => [label, kind] as const)))

export function areAlike(a: string, b: string): boolean {
  const kind = KIND_OF.get(a)
  return a === b || (kind !== undefined && kind === KIND_OF.get(b))
}

// A prompt as a label: what its objects are called in sightings, searches and exports.

/** Characters of a label at most, as sightings have it. */
const LABEL_CHARACTERS_MAX = 80

/** Spaces and case say nothing: "Red  Car " and "red car" are one label. */
export function promptLabel(prompt: string): string {
  const plain = prompt.trim().replaceAll(/\s+/g, ' ').toLowerCase()
  if (plain.length <= LABEL_CHARACTERS_MAX) return plain
  // Half a character would come back from the database as another.
  return `${plain.slice(0, LABEL_CHARACTERS_MAX - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

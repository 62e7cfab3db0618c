// The numbers of a classifier in, the few classes worth keeping out. Pure.
import { RESEMBLANCES_MAX, type Resemblance } from '@sam3-fleet/shared/domain/sighting'

/** Less than this is noise among a thousand classes. */
const SHARE_MIN = 0.05

/** @param logits one for each class */
export function likeliestClasses(logits: ArrayLike<number>, classes: readonly string[]): Resemblance[] {
  const largest = Math.max(...Array.from(logits))
  const weights = Array.from(logits, (logit) => Math.exp(logit - largest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return classes
    .map((name, at) => ({ name, share: Math.round(((weights[at] ?? 0) / total) * 100) / 100 }))
    .filter(({ share }) => share >= SHARE_MIN)
    .sort((a, b) => b.share - a.share || a.name.localeCompare(b.name))
    .slice(0, RESEMBLANCES_MAX)
}

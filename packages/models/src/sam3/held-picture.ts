// The life of a seen picture: freed once, when its owner disposes of it or, should he forget, when it is collected; never
// while a question about it is under way.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { SeenPicture } from './sam3.ts'

/** Hears of pictures that nobody can ask any more. */
const forgotten = new FinalizationRegistry<() => Promise<void>>((free) => void free().catch(() => undefined))
/** Pictures with a question under way: somebody may hold the answer's promise alone. */
const inUse = new Map<SeenPicture, number>()

/**
 * @param questions answer about what is held; they must not know the picture that is made of them
 * @param free is called once, and must not know it either
 */
export function heldPicture(
  questions: Pick<SeenPicture, 'encodeMs' | 'find' | 'segment'>,
  free: () => void | Promise<void>,
): SeenPicture {
  const life = { isGone: false }
  const freeOnce = once(life, free)

  async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (life.isGone) throw new FleetError('UNAVAILABLE', 'this picture was disposed of')
    inUse.set(picture, (inUse.get(picture) ?? 0) + 1)
    try {
      return await question()
    } finally {
      const others = (inUse.get(picture) ?? 1) - 1
      if (others > 0) inUse.set(picture, others)
      else inUse.delete(picture)
    }
  }

  const picture: SeenPicture = {
    encodeMs: questions.encodeMs,
    find: (prompts, options) => ask(() => questions.find(prompts, options)),
    segment: (hints, signal) => ask(() => questions.segment(hints, signal)),
    [Symbol.asyncDispose]: () => {
      forgotten.unregister(life)
      return freeOnce()
    },
  }
  forgotten.register(picture, freeOnce, life)
  return picture
}

/** Made where the picture is not known: functions made beside it would keep it alive for as long as they live. */
function once(life: { isGone: boolean }, free: () => void | Promise<void>): () => Promise<void> {
  return async () => {
    if (life.isGone) return
    life.isGone = true
    await free()
  }
}

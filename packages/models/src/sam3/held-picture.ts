// The life of a seen picture: freed once, when its owner disposes of it or, should he forget, when it is collected; never
// while a question about it is under way.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { SeenPicture } from './sam3.ts'

/** Hears of pictures that nobody can ask any more. */
const forgotten = new FinalizationRegistry<() => Promise<void>>((free) => void free().catch(() => undefined))
/** Pictures with a question under way: somebody may hold the answer's promise alone. */
const inUse = new Set<SeenPicture>()

interface Life {
  questionsUnderWay: number
  /** Set when it is disposed of: nothing more is answered, and it settles when all is freed. */
  gone: Promise<void> | null
  /** Hears that the last question has ended. */
  onQuiet: (() => void) | null
}

/**
 * Disposing waits for the questions under way, which are answered; further ones are refused at once.
 * @param questions answer about what is held; they must not know the picture that is made of them
 * @param free is called once, and must not know it either
 */
export function heldPicture(
  questions: Pick<SeenPicture, 'encodeMs' | 'find' | 'segment'>,
  free: () => void | Promise<void>,
): SeenPicture {
  const life: Life = { questionsUnderWay: 0, gone: null, onQuiet: null }
  const freeOnce = once(life, free)

  async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (life.gone) throw new FleetError('UNAVAILABLE', 'this picture was disposed of')
    life.questionsUnderWay += 1
    inUse.add(picture)
    try {
      return await question()
    } finally {
      life.questionsUnderWay -= 1
      if (life.questionsUnderWay === 0) {
        inUse.delete(picture)
        life.onQuiet?.()
      }
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
function once(life: Life, free: () => void | Promise<void>): () => Promise<void> {
  async function freeWhenQuiet(): Promise<void> {
    if (life.questionsUnderWay > 0) await new Promise<void>((resolve) => (life.onQuiet = resolve))
    await free()
  }
  return () => (life.gone ??= freeWhenQuiet())
}

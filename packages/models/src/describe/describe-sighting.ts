// What was measured about a sighting in, plain words out: for people, for the embedding, and where each came from.
// Pure: equal measurements give equal words, and no word stands there that was not measured.
import type { ColourShare, SightingAttributes } from '@sam3-fleet/shared/domain/sighting'
import type { DescribedWord, MeasuredSighting, WordOrigin } from './measured-sighting.ts'
import type { Movement } from './movement.ts'
import { movementOf } from './movement.ts'
import type { Side } from './size-and-place.ts'
import { placeOf, placePhrase, sideOf, sizeOf } from './size-and-place.ts'

/** A second or third colour is said only when a person would see it at once. */
const MIN_SAID_SHARE = 0.2
const MAX_SAID_COLOURS = 2
const MAX_SAID_COMPANIONS = 2
const PERSON = 'person'
/** Painted, with windows, tyres and the shadow that they stand in. */
const VEHICLES: ReadonlySet<string> = new Set(['car', 'bus', 'truck', 'train', 'motorcycle'])
const BLACK = 'black'

export interface DescribedSighting {
  /** For people: "a person in red and black, small, at the left of the picture, walking to the right". */
  description: string
  /**
   * For the encoder: the same measurements, coarser (no size, three places, colours without order), so that like things share one
   * vector. Chosen among nine styles by mean average precision over 26 queries on 400 made-up sightings with
   * MiniLM: .78 against .72 without movement and place, .77 with "to the", .74 with "on the left", .75 as bare
   * keywords. At most 67 colour phrases x 11 movements x 3 places per label; a street has a few hundred in all.
   */
  embeddingText: string
  attributes: SightingAttributes
  /** The words of `description` in order, each with the measurement it comes from. */
  words: DescribedWord[]
}

type Piece = readonly [text: string, from: WordOrigin]

export function describeSighting(measured: MeasuredSighting): DescribedSighting {
  const movement = movementOf(measured.path)
  const size = sizeOf(measured.bbox)
  const place = placeOf(measured.bbox)
  const colours = saidColours(measured)
  const companions = measured.companions?.slice(0, MAX_SAID_COMPANIONS).map(({ label }) => label) ?? []
  const subject = [...subjectPieces(measured.label, colours), ...companionPieces(companions)]
  const moving = movement === null ? [] : movementPieces(measured.label, movement)

  const pieces: Piece[] = [
    ...subject,
    [',', 'grammar'],
    [size, 'size'],
    [',', 'grammar'],
    ...placePieces(place),
  ]
  if (moving.length > 0) pieces.push([',', 'grammar'], ...moving)

  return {
    description: join(pieces),
    embeddingText: embeddingTextOf({
      label: measured.label,
      // In the order of the alphabet and whatever is larger, so that small changes of share change no text.
      colours: largestColours(measured.colours).toSorted(),
      companions,
      movement,
      side: sideOf(measured.bbox),
    }),
    attributes: {
      colours: [...measured.colours],
      size,
      place,
      movement: movement ?? '',
      ...(measured.companions ? { companions: [...measured.companions] } : {}),
    },
    words: wordsOf(pieces),
  }
}

/**
 * The words that the encoder sees, of a sighting or of what a query asks for; what is null is left out.
 * `colours` are few and in the order of the alphabet.
 */
export function embeddingTextOf(said: {
  label: string
  colours: readonly string[]
  companions?: readonly string[]
  movement: Movement | null
  side: Side | null
}): string {
  const moving = said.movement === null ? [] : movementPieces(said.label, said.movement)
  return join([
    ...subjectPieces(said.label, said.colours),
    ...companionPieces(said.companions ?? []),
    // "walking left" found more of what was asked than "walking to the left" did.
    ...moving.map(([text, from]): Piece => [text.replace('to the ', ''), from]),
    ...(said.side === null ? [] : placePieces(said.side)),
  ])
}

/** Colour names that a person would see, the largest first. */
function largestColours(colours: readonly ColourShare[]): string[] {
  return colours
    .filter(({ share }) => share >= MIN_SAID_SHARE)
    .slice(0, MAX_SAID_COLOURS)
    .map(({ name }) => name)
}

/** Beside a larger colour, black on a vehicle is glass, tyres and shadow more often than paint. */
function saidColours({ label, colours }: MeasuredSighting): string[] {
  const largest = largestColours(colours)
  return VEHICLES.has(label) ? largest.filter((name, at) => at === 0 || name !== BLACK) : largest
}

function subjectPieces(label: string, colours: readonly string[]): Piece[] {
  const colourPieces: Piece[] = colours.flatMap((name, i): Piece[] =>
    i === 0
      ? [[name, 'colours']]
      : [
          ['and', 'grammar'],
          [name, 'colours'],
        ],
  )
  if (label === PERSON) {
    const person: Piece[] = [
      ['a', 'grammar'],
      [label, 'label'],
    ]
    return colours.length === 0 ? person : [...person, ['in', 'grammar'], ...colourPieces]
  }
  return [[article(colours[0] ?? label), 'grammar'], ...colourPieces, [label, 'label']]
}

/** "with a tie and a bicycle" */
function companionPieces(companions: readonly string[]): Piece[] {
  return companions.flatMap((label, i): Piece[] => [
    [`${i === 0 ? 'with' : 'and'} ${article(label)}`, 'grammar'],
    [label, 'companions'],
  ])
}

function placePieces(place: string): Piece[] {
  return [[placePhrase(place), 'place']]
}

function movementPieces(label: string, movement: Movement): Piece[] {
  const sideways = movement.replace(/^moving (left|right)$/, 'moving to the $1')
  return [[label === PERSON ? sideways.replace(/^moving/, 'walking') : sideways, 'movement']]
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a'
}

function join(pieces: readonly Piece[]): string {
  return pieces
    .map(([text]) => text)
    .join(' ')
    .replaceAll(' ,', ',')
}

function wordsOf(pieces: readonly Piece[]): DescribedWord[] {
  return pieces
    .filter(([text]) => text !== ',')
    .flatMap(([text, from]) => text.split(' ').map((word) => ({ word, from })))
}

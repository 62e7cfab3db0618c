// Ten questions in plain words about the demo's clips, with what a person who looked at the clips calls right.
// Written before the first answer was seen; `--check` asks them and fails where an answer is wrong.

export interface Expectation {
  /** A right result has one of these labels ... */
  labels: readonly string[]
  /** ... shows one of these colours among its measured ones, when the question asks for a colour ... */
  colours?: readonly string[]
  /** ... comes from this device, when only its clip shows such a thing ... */
  device?: string
  /** ... and stands among the first so many. */
  within: number
}

export type DemoQuery = { q: string } & ({ expect: Expectation } | { absent: true })

export const DEMO_QUERIES: readonly DemoQuery[] = [
  {
    q: 'white van',
    expect: { labels: ['car', 'truck', 'bus'], colours: ['white', 'grey'], device: 'gate', within: 5 },
  },
  { q: 'person in a red jacket', expect: { labels: ['person'], colours: ['red'], within: 5 } },
  { q: 'someone dressed in black', expect: { labels: ['person'], colours: ['black'], within: 3 } },
  { q: 'pedestrian', expect: { labels: ['person'], within: 1 } },
  { q: 'bicycle', expect: { labels: ['bicycle'], device: 'street', within: 3 } },
  { q: 'motorbike', expect: { labels: ['motorcycle'], device: 'street', within: 3 } },
  { q: 'parked car', expect: { labels: ['car', 'truck', 'bus'], within: 3 } },
  { q: 'cyclist in dark clothes', expect: { labels: ['person', 'bicycle'], device: 'street', within: 5 } },
  { q: 'elephant', absent: true },
  { q: 'lady in a green dress', absent: true },
]

/** What the demo suggests to ask first. */
export const FIRST_QUERY = 'person in a red jacket'

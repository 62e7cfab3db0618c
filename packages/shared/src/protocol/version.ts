// The wire protocol's version. The hash in protocol-version.test.ts changes when any message schema does.
//
// History, one line per version:
//   1  first version: hello/welcome/batch/ack/status/command/reply/presence
//   2  a source says whether it is looked at only where something changes (optional, so that 1 is still understood)
//   3  the centre says on a topic of its own that it is there (nothing else changed: 1 and 2 do not listen to it)
//   4  a sighting says what was seen beside it (optional; an older centre leaves it out)
//   5  a source says how far its dedup reaches (optional), and a sighting may be asked to be split (older devices refuse)
//   6  a sighting says which colours each part of a person has (optional; an older centre leaves it out)
//   7  a source says for how long one look may serve the frames after it (optional)

export const PROTOCOL_VERSION = 7
/** Oldest version that this build still understands. */
export const PROTOCOL_FLOOR = 1

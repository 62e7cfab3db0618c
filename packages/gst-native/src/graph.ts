// A GStreamer pipeline as a description: elements in rows, and which row follows what a demuxer or a stream carries.
// Only what is named is ever used; nothing is found by itself.

export interface GstElement {
  factory: string
  /** Values as gst-launch writes them; a property that is text takes them as they are, never parsed. */
  properties: Readonly<Record<string, string>>
}

export interface GstBranch {
  /** Of the pad that it follows, for example `video/x-h264`. */
  caps: string
  elements: readonly GstElement[]
}

export interface GstGraph {
  /** Linked in a row; where `branches` are given, the last one's pads come later. */
  source: readonly GstElement[]
  branches: readonly GstBranch[]
  /** Behind source or branch; frames are chosen where it begins, and handed over at its end. */
  tail: readonly GstElement[]
}

export function element(factory: string, properties: Readonly<Record<string, string>> = {}): GstElement {
  return { factory, properties }
}

// How large the picture is that crops and previews are cut from.

/** Longest side of the working picture: crops and previews need no more, memory stays small. */
const WORKING_SIDE_MAX = 1_280

/** @param width of the recording, after rotation, as is `height` */
export function workingSize(width: number, height: number): { width: number; height: number } {
  const shrink = Math.min(1, WORKING_SIDE_MAX / Math.max(width, height))
  return {
    width: Math.max(2, Math.round(width * shrink)),
    height: Math.max(2, Math.round(height * shrink)),
  }
}

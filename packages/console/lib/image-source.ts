// A picture that a device sent in, an address that an <img> takes out; only kinds of pictures, never a document.
const KINDS = new Set(['image/jpeg', 'image/png', 'image/webp'])

/** Anything that is not a known kind of picture is named JPEG, so that a browser can only fail to draw it. */
export function imageSource({ contentType, base64 }: { contentType: string; base64: string }): string {
  return `data:${KINDS.has(contentType) ? contentType : 'image/jpeg'};base64,${base64}`
}

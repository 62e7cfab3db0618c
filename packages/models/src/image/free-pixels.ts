// Gives the memory of pixels and tensors back at once. The collector counts such memory, yet waits for about 64 MB of it
// in each thread before it acts: with a thread for every core that is half of what an agent may take.

/** Nobody may hold the view any more, least of all a library that reads it in another thread. */
export function freePixels({ buffer }: { buffer: ArrayBufferLike }): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
}

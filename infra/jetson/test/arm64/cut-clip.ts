// The first pictures of a clip as a clip of their own, without encoding anything again: cut-clip.ts IN OUT PACKETS.
// Under emulation a picture takes half a minute, so that a handful of them is a clip.
import { Demuxer, Muxer } from 'node-av'

const [from, to, packetsMax] = process.argv.slice(2)
if (!from || !to || !Number(packetsMax)) {
  process.stderr.write('usage: cut-clip.ts IN OUT PACKETS\n')
  process.exit(2)
}
await using input = await Demuxer.open(from)
const video = input.video()
if (!video) throw new Error(`${from} has no video`)
await using output = await Muxer.open(to, { input })
const stream = output.addStream(video)
let packets = 0
for await (using packet of input.packets(video.index)) {
  if (packet === null || packets >= Number(packetsMax)) break
  await output.writePacket(packet, stream)
  packets += 1
}

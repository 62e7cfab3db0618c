"""Serves one clip in a loop as H.264 over RTSP, like a camera: rtsp-server.py CLIP PORT CACHE_DIR.

The clip is encoded once, without reordering; its frames then go out again and again under timestamps that only grow.
Prints "ready rtsp://..." when clients may connect.
"""
import hashlib
import os
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtspServer  # noqa: E402,F401

KEYFRAME_EVERY_FRAMES = 10
BITRATE_KBIT = 1500


def play(description: str) -> Gst.Pipeline:
    pipeline = Gst.parse_launch(description)
    pipeline.set_state(Gst.State.PLAYING)
    return pipeline


def encode(clip: str, cache_dir: str) -> str:
    """Path of the clip as an H.264 MP4 without B frames, made once per clip."""
    name = hashlib.sha256(f"{os.path.realpath(clip)} {os.path.getmtime(clip)}".encode()).hexdigest()[:16]
    path = os.path.join(cache_dir, f"{name}.mp4")
    if os.path.exists(path):
        return path
    os.makedirs(cache_dir, exist_ok=True)
    part = f"{path}.{os.getpid()}"
    pipeline = play(
        f'filesrc location="{clip}" ! decodebin ! videoconvert ! video/x-raw,format=I420 '
        f"! x264enc speed-preset=ultrafast tune=zerolatency bitrate={BITRATE_KBIT} option-string=sliced-threads=0 key-int-max={KEYFRAME_EVERY_FRAMES} "
        f'! video/x-h264,profile=constrained-baseline ! mp4mux ! filesink location="{part}"'
    )
    message = pipeline.get_bus().timed_pop_filtered(
        Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR
    )
    pipeline.set_state(Gst.State.NULL)
    if message.type == Gst.MessageType.ERROR:
        raise SystemExit(f"cannot encode {clip}: {message.parse_error()[0].message}")
    os.replace(part, path)
    return path


def read_frames(path: str) -> tuple[list[bytes], int]:
    """All frames of the encoded clip as H.264 access units, and the nanoseconds from one to the next."""
    pipeline = play(
        f'filesrc location="{path}" ! qtdemux ! h264parse config-interval=-1 '
        "! video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=frames sync=false"
    )
    sink = pipeline.get_by_name("frames")
    frames = []
    duration_ns = 0
    while (sample := sink.pull_sample()) is not None:
        buffer = sample.get_buffer()
        frames.append(buffer.extract_dup(0, buffer.get_size()))
        duration_ns = duration_ns or buffer.duration
    pipeline.set_state(Gst.State.NULL)
    if not frames or not 0 < duration_ns < Gst.SECOND:
        raise SystemExit(f"no frames with a rate in {path}")
    return frames, duration_ns


class CameraFactory(GstRtspServer.RTSPMediaFactory):
    """One shared stream: every client sees the same moment, as with a camera."""

    def __init__(self, frames: list[bytes], duration_ns: int) -> None:
        super().__init__()
        self.frames = frames
        self.duration_ns = duration_ns
        self.set_shared(True)
        self.set_launch(
            "( appsrc name=frames format=time caps=video/x-h264,stream-format=byte-stream,alignment=au "
            "! h264parse ! rtph264pay name=pay0 pt=96 )"
        )

    def do_configure(self, media: GstRtspServer.RTSPMedia) -> None:
        sent = 0

        def push_next(source: GstApp.AppSrc, _wanted_bytes: int) -> None:
            nonlocal sent
            buffer = Gst.Buffer.new_wrapped(self.frames[sent % len(self.frames)])
            buffer.pts = buffer.dts = sent * self.duration_ns
            buffer.duration = self.duration_ns
            sent += 1
            source.emit("push-buffer", buffer)

        media.get_element().get_by_name("frames").connect("need-data", push_next)


def serve(factory: CameraFactory, port: str) -> None:
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/camera", factory)
    if server.attach(None) == 0:
        raise SystemExit(f"cannot listen on port {port}")
    print(f"ready rtsp://127.0.0.1:{port}/camera", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    Gst.init(None)
    clip_path, listen_port, cache = sys.argv[1:]
    serve(CameraFactory(*read_frames(encode(clip_path, cache))), listen_port)

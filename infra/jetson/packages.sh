# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the installer and by scripts/make-bundle.sh
# Packages of the distribution that a device needs.

# To compile faiss-node and the TensorRT addon against this machine's own libraries.
BUILD_PACKAGES=(g++ libopenblas-dev ca-certificates)
# Without FAISS the device searches by the slower exact index, and says so at /health; logrotate keeps logs short.
FAISS_PACKAGE=libfaiss-dev
WISHED_PACKAGES=("$FAISS_PACKAGE" logrotate)
# With GStreamer's headers the agent can decode by the module's own decoder; asked for only where L4T's GStreamer is.
GSTREAMER_PACKAGES=(pkg-config libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev)
L4T_GSTREAMER_PACKAGE=nvidia-l4t-gstreamer

# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the installer and by scripts/make-bundle.sh
# Packages of the distribution that a device needs.

# To compile faiss-node and the TensorRT addon against this machine's own libraries.
BUILD_PACKAGES=(g++ libopenblas-dev ca-certificates)
# Without FAISS the device searches by the slower exact index, and says so at /health; logrotate keeps logs short.
FAISS_PACKAGE=libfaiss-dev
WISHED_PACKAGES=("$FAISS_PACKAGE" logrotate)

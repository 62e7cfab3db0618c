// Force-included before faiss-node's source: FAISS 1.7.3 (Debian bookworm) names the id type Index::idx_t,
// the source expects faiss::idx_t, as later releases have it.
#pragma once
#include <cstdint>
#include <faiss/Index.h>
namespace faiss {
using idx_t = Index::idx_t;
}

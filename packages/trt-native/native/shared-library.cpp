#include "shared-library.hpp"

#include <dlfcn.h>

namespace sam3 {

Result<SharedLibrary> SharedLibrary::open(const std::string& directory, const std::vector<std::string>& names) {
  std::string reason;
  for (const std::string& name : names) {
    const std::string path = directory.empty() ? name : directory + "/" + name;
    // RTLD_GLOBAL: the builder finds its resource library and the plugins through symbols of libnvinfer.
    if (void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) return SharedLibrary(handle, path);
    const char* said = dlerror();
    if (reason.empty()) reason = said ? said : path + " cannot be loaded";
  }
  return unavailable(reason, "");
}

void* SharedLibrary::find(const char* symbol) const { return dlsym(handle_, symbol); }

}  // namespace sam3

// Preloaded into a process whose memory fault is looked for: prints who called what when it dies, where there is no gdb.
// cc -shared -fPIC -O1 -g crash-trace.c -o crash-trace.so
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FRAMES_MAX = 64, CHUNK = 4096 };

static void say(const char* text) {
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

/// Where each library lies: with it the frames of stripped ones can be found in their files.
static void copy_maps(void) {
  char chunk[CHUNK];
  const int maps = open("/proc/self/maps", O_RDONLY);
  if (maps < 0) return;
  for (ssize_t count; (count = read(maps, chunk, sizeof chunk)) > 0;) {
    if (write(STDERR_FILENO, chunk, (size_t)count) < 0) break;
  }
  close(maps);
}

static void on_fault(int number) {
  void* frames[FRAMES_MAX];
  signal(number, SIG_DFL);
  say(syscall(SYS_gettid) == getpid() ? "\n=== crash on the main thread\n" : "\n=== crash on another thread\n");
  backtrace_symbols_fd(frames, backtrace(frames, FRAMES_MAX), STDERR_FILENO);
  say("=== maps\n");
  copy_maps();
  say("=== end of crash\n");
  raise(number);
}

__attribute__((constructor)) static void install(void) {
  // The first call loads libgcc and takes memory: not to be left to a process whose heap is broken.
  void* frames[1];
  backtrace(frames, 1);
  const int faults[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
  for (unsigned i = 0; i < sizeof faults / sizeof *faults; ++i) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_fault;
    sigaction(faults[i], &action, NULL);
  }
}

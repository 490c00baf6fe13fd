/* Stands between a process and the disk: counts the calls that change something below a folder, and at the n-th ends
   the process, plainly or after half of a write, or lets the call fail. Loaded with LD_PRELOAD; asleep until armed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LOG, KILL, HALF, FAIL_ONCE, FAIL_ON };
static char root[4096];
static int armed, mode, with, report = -1;
static long at;
static atomic_long count;

void o2c_arm(const char *folder, int how, long nth, int error, int log_to) {
  snprintf(root, sizeof root, "%s/", folder);
  mode = how, at = nth, with = error, report = log_to, armed = 1;
  count = 0;
}
void o2c_disarm(void) { armed = 0; }

static int of_handle(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long size = syscall(SYS_readlinkat, AT_FDCWD, link, path, 4095L);
  path[size < 0 ? 0 : size] = 0;
  return strncmp(path, root, strlen(root)) == 0 && !strstr(path, " (deleted)");
}
static int of_name(int dir, const char *name, char *path) {
  if (name[0] == '/' || !name[0]) snprintf(path, 4096, "%s", name);
  else if (of_handle(dir, path), dir != AT_FDCWD) snprintf(path + strlen(path), 4000 - strlen(path), "/%s", name);
  return strncmp(path, root, strlen(root)) == 0;
}
static void note(long n, const char *what, long answer, const char *one, const char *two) {
  char line[9000];
  int size = snprintf(line, sizeof line, "%ld\t%s\t%ld\t%s\t%s\n", n, what, answer < 0 ? -errno : answer, one, two);
  int kept = errno;
  if (report >= 0) syscall(SYS_write, report, line, (long)size);
  errno = kept;
}
static void end(void) { syscall(SYS_kill, (long)getpid(), (long)SIGKILL); for (;;) pause(); }

/* The call with its number: before it the end or the fault, after it a line in the log. */
#define STEP(what, is_ours, one, two, call)                                                        \
  do {                                                                                             \
    if (!armed || !(is_ours)) return call;                                                         \
    long n = ++count;                                                                              \
    if (mode == KILL && n == at) { note(n, what " end", 0, one, two); end(); }                     \
    if ((mode == FAIL_ONCE && n == at) || (mode == FAIL_ON && n >= at)) {                          \
      errno = with; note(n, what, -1, one, two); return -1;                                        \
    }                                                                                              \
    long answer = call;                                                                            \
    note(n, what, answer, one, two);                                                               \
    return answer;                                                                                 \
  } while (0)
#define HALVED(n_bytes, half)                                                                      \
  if (armed && mode == HALF && of_handle(fd, path) && count + 1 == at && (n_bytes) > 1) {          \
    half; note(at, "write half", 0, path, ""); end();                                              \
  } else if (armed && mode == HALF && count + 1 == at && of_handle(fd, path)) end()

ssize_t write(int fd, const void *data, size_t size) {
  char path[4096];
  HALVED(size, syscall(SYS_write, fd, data, size / 2));
  STEP("write", of_handle(fd, path), path, "", syscall(SYS_write, fd, data, size));
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t from) {
  char path[4096];
  HALVED(size, syscall(SYS_pwrite64, fd, data, size / 2, from));
  STEP("write", of_handle(fd, path), path, "", syscall(SYS_pwrite64, fd, data, size, from));
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t from) { return pwrite64(fd, data, size, from); }
ssize_t writev(int fd, const struct iovec *parts, int many) {
  char path[4096];
  STEP("write", of_handle(fd, path), path, "", syscall(SYS_writev, fd, parts, many));
}
ssize_t sendfile64(int to, int fd, off_t *from, size_t size) {
  char path[4096];
  STEP("write", of_handle(to, path), path, "", syscall(SYS_sendfile, to, fd, from, size));
}
ssize_t sendfile(int to, int fd, off_t *from, size_t size) { return sendfile64(to, fd, from, size); }
int fsync(int fd) {
  char path[4096];
  STEP("fsync", of_handle(fd, path), path, "", syscall(SYS_fsync, fd));
}
int fdatasync(int fd) {
  char path[4096];
  STEP("fsync", of_handle(fd, path), path, "", syscall(SYS_fdatasync, fd));
}
int ftruncate64(int fd, off_t size) {
  char path[4096];
  STEP("truncate", of_handle(fd, path), path, "", syscall(SYS_ftruncate, fd, size));
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
  char one[4096], two[4096];
  STEP("rename", of_name(from_dir, from, one) | of_name(to_dir, to, two), one, two,
       syscall(SYS_renameat2, from_dir, from, to_dir, to, flags));
}
int renameat(int from_dir, const char *from, int to_dir, const char *to) {
  return renameat2(from_dir, from, to_dir, to, 0);
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
  char one[4096], two[4096];
  STEP("link", of_name(from_dir, from, one) | of_name(to_dir, to, two), one, two,
       syscall(SYS_linkat, from_dir, from, to_dir, to, flags));
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
int unlinkat(int dir, const char *name, int flags) {
  char path[4096];
  STEP("unlink", of_name(dir, name, path), path, "", syscall(SYS_unlinkat, dir, name, flags));
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
int mkdir(const char *name, mode_t how) {
  char path[4096];
  STEP("mkdir", of_name(AT_FDCWD, name, path), path, "", syscall(SYS_mkdirat, AT_FDCWD, name, how));
}
int openat64(int dir, const char *name, int flags, ...) {
  char path[4096];
  va_list more;
  va_start(more, flags);
  mode_t how = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  STEP("open", (flags & (O_WRONLY | O_RDWR | O_CREAT)) && of_name(dir, name, path), path, "",
       syscall(SYS_openat, dir, name, flags, how));
}
#define OPEN(name_) \
  int name_(const char *name, int flags, ...) { \
    va_list more; \
    va_start(more, flags); \
    mode_t how = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    return openat64(AT_FDCWD, name, flags, how); \
  }
OPEN(open)
OPEN(open64)

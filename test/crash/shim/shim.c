/*
 * Test-only: preloaded into a process, it records what the process does to the files below one directory, and makes such calls fail
 * or wait when told to. One record per call, written after the call succeeded, in the order of the calls: a lock is held around each.
 *
 * CRASH_ROOT    the directory, absolute, without a slash at its end
 * CRASH_TRACE   the file that the records are appended to (see disk/trace.ts for their form)
 * CRASH_MARKS   a path whose writes become marks in the trace and nothing else
 * CRASH_FAULTS  a file with a struct faults (see shim/faults.ts), mapped, so that the parent can change it at any time
 *
 * What it does not understand (shared writable mappings, duplicated descriptors, copies inside the kernel) is recorded as such, and fails the run.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { OPEN = 1, WRITE, TRUNCATE, SYNC, SYNC_FAILED, RENAME, UNLINK, MAKE_DIRECTORY, ALLOCATE, MARK, UNSUPPORTED };
enum role { FOREIGN = 0, TRACED, MARKS };

struct record {
  uint32_t kind;
  uint32_t flags;
  uint64_t file;
  uint64_t offset;
  uint64_t length;
};

struct faults {
  uint32_t operations; /* bits: 1 write, 2 sync, 4 truncate, 8 open for writing */
  uint32_t error;      /* errno to fail with; 0: do not fail */
  int32_t after;       /* matching calls to let pass first */
  int32_t times;       /* matching calls to hit then; negative: all */
  uint32_t short_write; /* 1: a hit write puts its first half on disk */
  uint32_t sleep_ms;   /* wait so long in a hit call */
  uint32_t hits;       /* counted here */
  uint32_t calls;      /* matching calls seen since the file was written */
  uint32_t lie;        /* syncs that are not made but said to be, bits: 1 of -wal files, 2 of other files, 4 of directories */
};

enum operation { OP_WRITE = 1, OP_SYNC = 2, OP_TRUNCATE = 4, OP_OPEN = 8 };

#define DESCRIPTORS 4096
enum traits { DIRECTORY = 1, WAL = 2 };
static struct { uint8_t role, traits; uint64_t file; } table[DESCRIPTORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *root, *marks_path;
static size_t root_length;
static int trace = -1;
static struct faults *faults;

#define REAL(name) ((__typeof__(&name))real_##name)
static void *real_open64, *real_openat, *real_close, *real_write, *real_pwrite64, *real_writev, *real_pwritev, *real_ftruncate64,
    *real_fsync, *real_fdatasync, *real_rename, *real_unlink, *real_mkdir, *real_mmap64, *real_fallocate64, *real_posix_fallocate64,
    *real_dup, *real_copy_file_range, *real_truncate64, *real_unlinkat, *real_remove, *real_rmdir, *real_renameat;

__attribute__((constructor)) static void start(void) {
  real_open64 = dlsym(RTLD_NEXT, "open64");
  real_openat = dlsym(RTLD_NEXT, "openat");
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev");
  real_ftruncate64 = dlsym(RTLD_NEXT, "ftruncate64");
  real_truncate64 = dlsym(RTLD_NEXT, "truncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
  real_remove = dlsym(RTLD_NEXT, "remove");
  real_rmdir = dlsym(RTLD_NEXT, "rmdir");
  real_renameat = dlsym(RTLD_NEXT, "renameat");
  real_mkdir = dlsym(RTLD_NEXT, "mkdir");
  real_mmap64 = dlsym(RTLD_NEXT, "mmap64");
  real_fallocate64 = dlsym(RTLD_NEXT, "fallocate64");
  real_posix_fallocate64 = dlsym(RTLD_NEXT, "posix_fallocate64");
  real_dup = dlsym(RTLD_NEXT, "dup");
  real_copy_file_range = dlsym(RTLD_NEXT, "copy_file_range");
  root = getenv("CRASH_ROOT");
  marks_path = getenv("CRASH_MARKS");
  root_length = root ? strlen(root) : 0;
  const char *trace_path = getenv("CRASH_TRACE");
  if (trace_path) trace = syscall(SYS_openat, AT_FDCWD, trace_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const char *faults_path = getenv("CRASH_FAULTS");
  int handle = faults_path ? (int)syscall(SYS_openat, AT_FDCWD, faults_path, O_RDWR | O_CLOEXEC, 0) : -1;
  if (handle >= 0) {
    void *memory = REAL(mmap64)(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    if (memory != MAP_FAILED) faults = memory;
  }
}

static int is_below_root(const char *path) {
  return root && path && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int role_of(int fd) { return fd >= 0 && fd < DESCRIPTORS ? table[fd].role : FOREIGN; }

/* A record is one call of write on a file opened for appending, so that records of two processes do not mix. */
static void record(enum kind kind, uint32_t flags, uint64_t file, uint64_t offset, const void *bytes, size_t length) {
  if (trace < 0) return;
  struct record head = {kind, flags, file, offset, length};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)bytes, length}};
  ssize_t written = syscall(SYS_writev, trace, parts, length ? 2 : 1);
  if (written != (ssize_t)(sizeof head + length)) abort();
}

static void record_text(enum kind kind, const char *text) { record(kind, 0, 0, 0, text, strlen(text)); }

static void unsupported(const char *what) {
  pthread_mutex_lock(&lock);
  record_text(UNSUPPORTED, what);
  pthread_mutex_unlock(&lock);
}

/* Whether this call is to fail, with which error. Call without the lock: it may sleep. */
static int fault_of(enum operation operation) {
  if (!faults || !(faults->operations & operation)) return 0;
  __atomic_add_fetch(&faults->calls, 1, __ATOMIC_SEQ_CST);
  if (__atomic_fetch_sub(&faults->after, 1, __ATOMIC_SEQ_CST) > 0) return 0;
  faults->after = 0;
  if (faults->times == 0) return 0;
  if (faults->times > 0) __atomic_sub_fetch(&faults->times, 1, __ATOMIC_SEQ_CST);
  __atomic_add_fetch(&faults->hits, 1, __ATOMIC_SEQ_CST);
  if (faults->sleep_ms) {
    struct timespec time = {faults->sleep_ms / 1000, (faults->sleep_ms % 1000) * 1000000L};
    nanosleep(&time, NULL);
  }
  return (int)faults->error;
}

static void remember(int fd, enum role role, const char *path) {
  struct stat status;
  if (fstat(fd, &status) != 0) abort();
  size_t length = strlen(path);
  table[fd].role = role;
  table[fd].file = status.st_ino;
  table[fd].traits = (S_ISDIR(status.st_mode) ? DIRECTORY : 0) | (length > 4 && strcmp(path + length - 4, "-wal") == 0 ? WAL : 0);
}

/* Whether the sync of this descriptor is to be skipped, as by a disk that lies. */
static int is_lie(int fd) {
  if (!faults) return 0;
  uint32_t kind = table[fd].traits & DIRECTORY ? 4 : table[fd].traits & WAL ? 1 : 2;
  return (faults->lie & kind) != 0;
}

static int open_traced(int directory, const char *path, int flags, mode_t mode) {
  int is_mark = marks_path && path && strcmp(path, marks_path) == 0;
  if (!is_mark && !is_below_root(path)) return REAL(openat)(directory, path, flags, mode);
  int error = (flags & O_ACCMODE) != O_RDONLY && !is_mark ? fault_of(OP_OPEN) : 0;
  if (error) {
    errno = error;
    return -1;
  }
  pthread_mutex_lock(&lock);
  struct stat before;
  int was_there = stat(path, &before) == 0;
  int fd = REAL(openat)(directory, path, flags, mode);
  int kept_errno = errno;
  if (fd >= DESCRIPTORS) record_text(UNSUPPORTED, "too many descriptors");
  else if (fd >= 0) {
    remember(fd, is_mark ? MARKS : TRACED, path);
    int is_truncated = was_there && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY;
    uint32_t what = (was_there ? 0 : 1) | (is_truncated ? 2 : 0) | (table[fd].traits & DIRECTORY ? 4 : 0);
    if (!is_mark) record(OPEN, what, table[fd].file, 0, path, strlen(path));
  }
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return fd;
}

static mode_t mode_in(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(rest, int) : 0; }

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return open_traced(AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return open_traced(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return open_traced(directory, path, flags, mode);
}

int close(int fd) {
  if (role_of(fd) != FOREIGN) table[fd].role = FOREIGN;
  return REAL(close)(fd);
}

/* Writes at the place, or at the descriptor's own when it is negative. */
static ssize_t write_traced(int fd, const void *bytes, size_t length, int64_t place) {
  if (role_of(fd) == MARKS) {
    pthread_mutex_lock(&lock);
    record(MARK, 0, 0, 0, bytes, length);
    pthread_mutex_unlock(&lock);
    return (ssize_t)length;
  }
  int error = fault_of(OP_WRITE);
  if (error && !faults->short_write) {
    errno = error;
    return -1;
  }
  if (error) length = (length + 1) / 2;
  pthread_mutex_lock(&lock);
  int64_t offset = place;
  if (place < 0) {
    struct stat status;
    int is_appending = fcntl(fd, F_GETFL) & O_APPEND;
    offset = is_appending && fstat(fd, &status) == 0 ? status.st_size : lseek(fd, 0, SEEK_CUR);
  }
  ssize_t written = place < 0 ? REAL(write)(fd, bytes, length) : REAL(pwrite64)(fd, bytes, length, place);
  int kept_errno = errno;
  if (written > 0) record(WRITE, 0, table[fd].file, (uint64_t)offset, bytes, (size_t)written);
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return written;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  return role_of(fd) == FOREIGN ? REAL(write)(fd, bytes, length) : write_traced(fd, bytes, length, -1);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  return role_of(fd) == FOREIGN ? REAL(pwrite64)(fd, bytes, length, offset) : write_traced(fd, bytes, length, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

static ssize_t write_parts(int fd, const struct iovec *parts, int count, int64_t place) {
  ssize_t total = 0;
  for (int i = 0; i < count; i++) {
    ssize_t written = write_traced(fd, parts[i].iov_base, parts[i].iov_len, place < 0 ? -1 : place + total);
    if (written < 0) return total ? total : -1;
    total += written;
    if ((size_t)written < parts[i].iov_len) break;
  }
  return total;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  return role_of(fd) == FOREIGN ? REAL(writev)(fd, parts, count) : write_parts(fd, parts, count, -1);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  return role_of(fd) == FOREIGN ? REAL(pwritev)(fd, parts, count, offset) : write_parts(fd, parts, count, offset);
}

int ftruncate64(int fd, off64_t length) {
  if (role_of(fd) == FOREIGN) return REAL(ftruncate64)(fd, length);
  int error = fault_of(OP_TRUNCATE);
  if (error) {
    errno = error;
    return -1;
  }
  pthread_mutex_lock(&lock);
  int result = REAL(ftruncate64)(fd, length);
  int kept_errno = errno;
  if (result == 0) record(TRUNCATE, 0, table[fd].file, (uint64_t)length, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int truncate64(const char *path, off64_t length) {
  if (is_below_root(path)) unsupported("truncate by path");
  return REAL(truncate64)(path, length);
}

static int allocate(int fd, int mode, off64_t offset, off64_t length, int is_posix) {
  pthread_mutex_lock(&lock);
  int result = is_posix ? REAL(posix_fallocate64)(fd, offset, length) : REAL(fallocate64)(fd, mode, offset, length);
  int kept_errno = errno;
  if (result == 0) record(mode == 0 ? ALLOCATE : UNSUPPORTED, 0, table[fd].file, (uint64_t)(offset + length), NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return result;
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
  return role_of(fd) == FOREIGN ? REAL(fallocate64)(fd, mode, offset, length) : allocate(fd, mode, offset, length, 0);
}

int posix_fallocate64(int fd, off64_t offset, off64_t length) {
  return role_of(fd) == FOREIGN ? REAL(posix_fallocate64)(fd, offset, length) : allocate(fd, 0, offset, length, 1);
}

static int sync_traced(int fd, int (*sync)(int)) {
  if (role_of(fd) != TRACED) return sync(fd);
  if (is_lie(fd)) return 0;
  int error = fault_of(OP_SYNC);
  pthread_mutex_lock(&lock);
  int result = error ? -1 : sync(fd);
  int kept_errno = error ? error : errno;
  record(result == 0 ? SYNC : SYNC_FAILED, 0, table[fd].file, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return result;
}

int fsync(int fd) { return sync_traced(fd, REAL(fsync)); }

int fdatasync(int fd) { return sync_traced(fd, REAL(fdatasync)); }

int rename(const char *from, const char *to) {
  if (!is_below_root(from) && !is_below_root(to)) return REAL(rename)(from, to);
  pthread_mutex_lock(&lock);
  int result = REAL(rename)(from, to);
  int kept_errno = errno;
  if (result == 0) {
    char both[8192];
    int length = snprintf(both, sizeof both, "%s\n%s", from, to);
    record(RENAME, 0, 0, 0, both, (size_t)length);
  }
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return result;
}

int unlink(const char *path) {
  if (!is_below_root(path)) return REAL(unlink)(path);
  pthread_mutex_lock(&lock);
  int result = REAL(unlink)(path);
  int kept_errno = errno;
  if (result == 0) record_text(UNLINK, path);
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return result;
}

/* The path as it would be from the root, for a call that names a directory by its descriptor. */
static const char *path_from(int directory, const char *path, char *buffer, size_t size) {
  char link[64];
  if (path[0] == '/' || directory == AT_FDCWD) return path;
  snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
  ssize_t length = readlink(link, buffer, size - 1);
  if (length < 0) return path;
  snprintf(buffer + length, size - (size_t)length, "/%s", path);
  return buffer;
}

int unlinkat(int directory, const char *path, int flags) {
  char buffer[4096];
  const char *whole = path_from(directory, path, buffer, sizeof buffer);
  if (!is_below_root(whole)) return REAL(unlinkat)(directory, path, flags);
  if (flags & AT_REMOVEDIR) unsupported("removal of a directory");
  pthread_mutex_lock(&lock);
  int result = REAL(unlinkat)(directory, path, flags);
  int kept_errno = errno;
  if (result == 0) record_text(UNLINK, whole);
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return result;
}

int remove(const char *path) {
  struct stat status;
  if (!is_below_root(path)) return REAL(remove)(path);
  return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}

int rmdir(const char *path) {
  if (is_below_root(path)) unsupported("removal of a directory");
  return REAL(rmdir)(path);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  if (is_below_root(from) || is_below_root(to)) return rename(from, to);
  return REAL(renameat)(from_directory, from, to_directory, to);
}

int mkdir(const char *path, mode_t mode) {
  if (!is_below_root(path)) return REAL(mkdir)(path, mode);
  pthread_mutex_lock(&lock);
  int result = REAL(mkdir)(path, mode);
  int kept_errno = errno;
  struct stat status;
  if (result == 0 && stat(path, &status) == 0) record(MAKE_DIRECTORY, 0, status.st_ino, 0, path, strlen(path));
  pthread_mutex_unlock(&lock);
  errno = kept_errno;
  return result;
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
  if (role_of(fd) == TRACED && (protection & PROT_WRITE) && (flags & MAP_SHARED)) unsupported("shared writable mapping");
  return REAL(mmap64)(address, length, protection, flags, fd, offset);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  return mmap64(address, length, protection, flags, fd, offset);
}

int dup(int fd) {
  if (role_of(fd) == TRACED) unsupported("dup");
  return REAL(dup)(fd);
}

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags) {
  if (role_of(to) == TRACED) unsupported("copy_file_range");
  return REAL(copy_file_range)(from, from_offset, to, to_offset, length, flags);
}

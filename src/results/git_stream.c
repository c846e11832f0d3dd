#include "results/git_stream.h"

#include "base/error.h"
#include "git/git.h"
#include "httpd/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)256 << 10)

struct GitStream {
  Results *results;
  struct MHD_Connection *connection;
  GSubprocess *process;
  int out;  /* git's standard output; the process's */
  int stop; /* an eventfd: the thread is to end, though somebody may still hold git's output open */
  GThread *thread;
  GMutex mutex;
  GCond wanted; /* the buffer is empty, or nobody reads any more */
  size_t begin, end;
  bool ended;     /* git's output is over */
  bool failed;    /* and git with it, or the stream was stopped */
  bool suspended; /* the connection waits */
  bool abandoned; /* nobody reads any more */
  char buffer[BUFFER_BYTES];
};

/* ---- git's side ------------------------------------------------------------------------------------------------------- */

/* With the mutex held. */
static void wake_connection(GitStream *stream) {
  if (stream->suspended)
    MHD_resume_connection(stream->connection);
  stream->suspended = false;
}

/* Waits until the buffer may be filled. */
static bool wait_for_reader(GitStream *stream) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&stream->mutex);
  while (stream->begin < stream->end && !stream->abandoned)
    g_cond_wait(&stream->wanted, &stream->mutex);
  return !stream->abandoned;
}

static ssize_t read_some(GitStream *stream) {
  struct pollfd fds[] = {{.fd = stream->stop, .events = POLLIN}, {.fd = stream->out, .events = POLLIN}};
  ssize_t got = -1;
  do
    got = poll(fds, G_N_ELEMENTS(fds), -1) > 0 && fds[0].revents == 0 ? read(stream->out, stream->buffer, BUFFER_BYTES) : -1;
  while (got < 0 && errno == EINTR && fds[0].revents == 0);
  return got;
}

/* Nobody wants git's output any more. */
static void end_git(GitStream *stream) {
  g_subprocess_force_exit(stream->process);
  (void)!eventfd_write(stream->stop, 1);
}

static void *pump(void *data) {
  GitStream *stream = data;
  ssize_t got = 1;
  while (got > 0 && wait_for_reader(stream)) {
    got = read_some(stream);
    g_mutex_lock(&stream->mutex);
    stream->begin = 0;
    stream->end = (size_t)MAX(got, 0);
    if (got > 0)
      wake_connection(stream);
    g_mutex_unlock(&stream->mutex);
  }
  bool good = g_subprocess_wait(stream->process, NULL, NULL) && g_subprocess_get_successful(stream->process);
  g_mutex_lock(&stream->mutex);
  stream->ended = true;
  stream->failed = stream->failed || !good;
  wake_connection(stream);
  g_mutex_unlock(&stream->mutex);
  return NULL;
}

/* ---- the connection's side -------------------------------------------------------------------------------------------- */

static bool is_stopping(Results *results) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  return results->stopping;
}

static ssize_t hand_on(void *data, G_GNUC_UNUSED uint64_t at, char *out, size_t max) {
  GitStream *stream = data;
  bool stopping = is_stopping(stream->results);
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&stream->mutex);
  size_t size = MIN(max, stream->end - stream->begin);
  if (size > 0) {
    memcpy(out, stream->buffer + stream->begin, size);
    stream->begin += size;
    if (stream->begin == stream->end)
      g_cond_signal(&stream->wanted);
    return (ssize_t)size;
  }
  if (stream->ended || stream->failed || stopping)
    return stream->ended && !stream->failed ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
  stream->suspended = true;
  MHD_suspend_connection(stream->connection);
  return 0;
}

static void stream_free(void *data) {
  GitStream *stream = data;
  g_mutex_lock(&stream->results->mutex);
  g_ptr_array_remove_fast(stream->results->streams, stream);
  g_mutex_unlock(&stream->results->mutex);
  g_mutex_lock(&stream->mutex);
  stream->abandoned = true;
  stream->suspended = false;
  g_cond_signal(&stream->wanted);
  g_mutex_unlock(&stream->mutex);
  end_git(stream);
  g_thread_join(stream->thread);
  close(stream->stop);
  g_object_unref(stream->process);
  g_mutex_clear(&stream->mutex);
  g_cond_clear(&stream->wanted);
  g_free(stream);
}

void git_stream_stop_all(Results *results) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  results->stopping = true;
  for (guint i = 0; i < results->streams->len; i++) {
    GitStream *stream = g_ptr_array_index(results->streams, i);
    end_git(stream);
    g_mutex_lock(&stream->mutex);
    stream->failed = true;
    wake_connection(stream);
    g_mutex_unlock(&stream->mutex);
  }
}

/* ---- the start -------------------------------------------------------------------------------------------------------- */

/* Only what is set here decides how git runs; it may read what others own, since it only reads. */
static GSubprocess *start_git(const GitStreamSpec *spec, GError **error) {
  static const char *const arguments[] = {
    "git",
    "-c",
    "safe.directory=*",
    "-c",
    "uploadpack.allowAnySHA1InWant=true",
    "-c",
    "uploadpack.allowFilter=true",
    "-c",
    "core.hooksPath=/dev/null",
    "upload-pack",
    "--stateless-rpc",
  };
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  for (size_t i = 0; i < G_N_ELEMENTS(arguments); i++)
    g_ptr_array_add(argv, (char *)arguments[i]);
  if (spec->input < 0)
    g_ptr_array_add(argv, (char *)"--http-backend-info-refs");
  g_ptr_array_add(argv, (char *)spec->dir);
  g_ptr_array_add(argv, NULL);
  char **environment = g_environ_setenv(git_environment(), "GIT_CONFIG_NOSYSTEM", "1", TRUE);
  environment = g_environ_setenv(environment, "GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
  if (spec->protocol != NULL)
    environment = g_environ_setenv(environment, "GIT_PROTOCOL", spec->protocol, TRUE);
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_environ(launcher, environment);
  if (spec->input >= 0)
    g_subprocess_launcher_take_stdin_fd(launcher, spec->input);
  g_strfreev(environment);
  return g_subprocess_launcher_spawnv(launcher, (const gchar *const *)argv->pdata, error);
}

static GitStream *stream_new(Results *results, struct MHD_Connection *connection, GSubprocess *process, const char *opening) {
  GitStream *stream = g_malloc0(sizeof *stream);
  stream->results = results;
  stream->connection = connection;
  stream->process = process;
  stream->out = g_unix_input_stream_get_fd(G_UNIX_INPUT_STREAM(g_subprocess_get_stdout_pipe(process)));
  stream->stop = eventfd(0, EFD_CLOEXEC);
  stream->end = opening != NULL ? g_strlcpy(stream->buffer, opening, BUFFER_BYTES) : 0;
  g_mutex_init(&stream->mutex);
  g_cond_init(&stream->wanted);
  (void)fcntl(stream->out, F_SETPIPE_SZ, (int)BUFFER_BYTES);
  g_mutex_lock(&results->mutex);
  g_ptr_array_add(results->streams, stream);
  g_mutex_unlock(&results->mutex);
  stream->thread = g_thread_new("git", pump, stream);
  return stream;
}

struct MHD_Response *git_stream_answer(Results *results, struct MHD_Connection *connection, const GitStreamSpec *spec, GError **error) {
  g_autoptr(GError) why = NULL;
  GSubprocess *process = start_git(spec, &why);
  if (process == NULL) {
    error_set(error, DROVER_ERROR_MISSING, "git cannot be started: %s", why->message);
    return NULL;
  }
  GitStream *stream = stream_new(results, connection, process, spec->opening);
  struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BUFFER_BYTES, hand_on, stream, stream_free);
  if (response == NULL)
    g_error("no memory for an answer");
  answer_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
  return response;
}

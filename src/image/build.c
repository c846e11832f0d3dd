#include "image/tools.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/http.h"
#include "base/id.h"
#include "base/process.h"

#include <string.h>

#define BUILD_DEADLINE_MS (60LL * 60 * 1000)
#define PUSH_DEADLINE_MS (30LL * 60 * 1000)

typedef struct {
  const ImageTools *tools;
  const ImageBuild *build;
  const char *task;  /* "build backend" */
  const char *local; /* the image's name in local storage, this build's alone: an equal image that runs keeps its own */
} Job;

static void show_line(G_GNUC_UNUSED ProcessStream stream, const char *line, size_t length, void *data) {
  const Job *job = data;
  progress_line(job->build->progress, job->task, line, length);
}

/* Builds to local storage. Everything that could differ between two days or two folders is fixed: all
 * times are the commit's, no layer comes from a cache, and no label tells of the builder. */
static bool build_local(Job *job, GError **error) {
  const ImageBuild *build = job->build;
  g_autofree char *dockerfile = g_build_filename(build->context, build->dockerfile, NULL);
  g_autofree char *time = g_strdup_printf("%" G_GINT64_FORMAT, build->time_s);
  g_autofree char *revision = g_strconcat("org.opencontainers.image.revision=", build->commit, NULL);
  if (!g_file_test(dockerfile, G_FILE_TEST_IS_REGULAR))
    return error_set(error, DROVER_ERROR_NOT_FOUND, "image %s: the commit has no %s in the image's context", build->name, build->dockerfile);
  g_autofree char *mark = g_strconcat(IMAGE_MARK_PREFIX, image_tools_owner(job->tools), NULL);
  g_auto(GStrv) env = g_strdupv((char **)image_tools_env(job->tools));
  env = g_environ_setenv(env, "TMPDIR", image_tools_dir(job->tools), TRUE); /* it goes with drover's scratch folder */
  const char *argv[] = {"buildah",  "build", "--isolation", "chroot", "--layers=false", "--no-cache",   "--identity-label=false",
                        "--format", "oci",   "--timestamp", time,     "--label",        revision,       "--cgroup-parent",
                        mark,       "--tag", job->local,    "--file", dockerfile,       build->context, NULL};
  ProcessSpec spec = {.argv = argv,
                      .env = (const char *const *)env,
                      .deadline_ms = BUILD_DEADLINE_MS,
                      .on_line = show_line,
                      .data = job,
                      .cancellable = build->cancellable};
  if (process_check(&spec, error))
    return true;
  g_prefix_error(error, "image %s: ", build->name);
  return false;
}

/* The digest that the tag has in the registry now; NULL when it has none or cannot be asked. */
static char *tagged_digest(const ImageTools *tools, const ImageBuild *build) {
  g_autofree char *name = image_push_name(tools, build->repository);
  const char *path = strchr(name, '/');
  g_autofree char *url = g_strdup_printf("http://%s/v2%s/manifests/%s", image_tools_address(tools), path, build->tag);
  HttpRequest request = {.url = url, .method = "HEAD", .timeout_ms = 10000};
  g_auto(HttpResponse) response = {0};
  if (!http_send(&request, &response, NULL) || response.status != 200)
    return NULL;
  return g_strdup(http_response_header(&response, "Docker-Content-Digest"));
}

static char *push(Job *job, const char *scratch, GError **error) {
  const ImageBuild *build = job->build;
  g_autofree char *digest_file = g_build_filename(scratch, "digest", NULL);
  g_autofree char *name = image_push_name(job->tools, build->repository);
  g_autofree char *target = g_strdup_printf("docker://%s:%s", name, build->tag);
  const char *argv[] = {"buildah", "push", "--quiet", "--digestfile", digest_file, job->local, target, NULL};
  ProcessSpec spec = {.argv = argv,
                      .env = image_tools_env(job->tools),
                      .deadline_ms = PUSH_DEADLINE_MS,
                      .on_line = show_line,
                      .data = job,
                      .cancellable = build->cancellable};
  g_autoptr(GError) failure = NULL;
  if (process_check(&spec, &failure)) {
    g_autofree char *digest = fs_read(digest_file, 256, NULL, error);
    return digest != NULL ? g_strdup(g_strstrip(digest)) : NULL;
  }
  g_autofree char *existing = failure->code == DROVER_ERROR_FAILED ? tagged_digest(job->tools, build) : NULL;
  if (existing != NULL) {
    error_set(error, DROVER_ERROR_CONFLICT, "image %s: the tag %s:%s exists already with other content (%s), and a tag never moves", build->name,
              build->repository, build->tag, existing);
    return NULL;
  }
  if (failure->code == DROVER_ERROR_FAILED) /* not the input's fault: the registry did not take it */
    failure->code =
      strstr(failure->message, "no space left") != NULL || strstr(failure->message, "507") != NULL ? DROVER_ERROR_NO_SPACE : DROVER_ERROR_UNAVAILABLE;
  g_propagate_prefixed_error(error, g_steal_pointer(&failure), "image %s: the registry did not take it: ", build->name);
  return NULL;
}

static void remove_local(const ImageTools *tools, const char *local) {
  const char *argv[] = {"buildah", "rmi", local, NULL};
  ProcessSpec spec = {.argv = argv, .env = image_tools_env(tools), .deadline_ms = 60000};
  g_auto(ProcessResult) result = {0};
  if (!process_run(&spec, &result, NULL))
    return; /* an image more in local storage harms nothing */
}

char *image_build_and_push(const ImageTools *tools, const ImageBuild *build, GError **error) {
  g_autofree char *task = g_strconcat("build ", build->name, NULL);
  g_autofree char *unique = id_new();
  g_autofree char *local = g_strdup_printf(IMAGE_LOCAL_REPOSITORY ":%s.%s", image_tools_owner(tools), unique);
  Job job = {.tools = tools, .build = build, .task = task, .local = local};
  g_autofree char *scratch = fs_temp_dir(image_tools_dir(tools), "build", error);
  if (scratch == NULL)
    return NULL;
  progress_begin(build->progress, task);
  g_autofree char *digest = NULL;
  if (build_local(&job, error)) {
    digest = push(&job, scratch, error);
    remove_local(tools, local);
  }
  fs_remove_tree(scratch, NULL);
  progress_end(build->progress, task, digest != NULL ? PROGRESS_OK : PROGRESS_FAILED, "%s", digest != NULL ? digest : "");
  return g_steal_pointer(&digest);
}

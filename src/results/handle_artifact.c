/* Artifacts, version 4: Twirp calls in JSON, the bytes over links. A job sees its own run's. */
#include "base/error.h"
#include "results/call.h"

#include <string.h>

#define ARTIFACT_MAX_BYTES ((int64_t)10 << 30)
#define NAME_MAX_BYTES 255
#define KEPT_MAX_US (400 * G_TIME_SPAN_DAY)
#define ZIP_TYPE "application/zip"

/* The run and job that the call names must be the token's. */
static bool is_own_run(Call *call) {
  if (strcmp(call_text(call, "workflow_run_backend_id"), call->grant->run) == 0)
    return true;
  call_fail(call, MHD_HTTP_FORBIDDEN, "the token is of another run");
  return false;
}

static bool check_name(Call *call) {
  const char *name = call_text(call, "name");
  bool is_folder = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
  if (*name != '\0' && !is_folder && strlen(name) <= NAME_MAX_BYTES && strpbrk(name, "\":<>|*?\r\n/\\") == NULL)
    return true;
  call_fail(call, MHD_HTTP_BAD_REQUEST, "an artifact's name has 1 to %d bytes, and none of \" : < > | * ? / \\ or a line break", NAME_MAX_BYTES);
  return false;
}

static const char *media_type(const Call *call) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-/;= ";
  const char *type = call_text(call, "mime_type");
  bool good = *type != '\0' && strlen(type) <= 255 && type[strspn(type, letters)] == '\0';
  return good ? type : ZIP_TYPE;
}

static int64_t expiry_us(const Call *call, int64_t now_us) {
  g_autoptr(GDateTime) wanted = g_date_time_new_from_iso8601(call_text(call, "expires_at"), NULL);
  int64_t usual_us = now_us + call->results->options.artifacts_max_age_s * G_USEC_PER_SEC;
  return wanted != NULL ? CLAMP(g_date_time_to_unix(wanted), now_us / G_USEC_PER_SEC, (now_us + KEPT_MAX_US) / G_USEC_PER_SEC) * G_USEC_PER_SEC
                        : usual_us;
}

static IntakeTarget target_of(const Call *call) {
  return (IntakeTarget){.kind = INTAKE_ARTIFACT,
                        .repository = call->grant->repository,
                        .run = call->grant->run,
                        .job = call->grant->job,
                        .name = (char *)call_text(call, "name"),
                        .type = (char *)media_type(call),
                        .expires_us = expiry_us(call, g_get_real_time())};
}

/* The artifact that the call names; the call is answered when there is none. */
static Artifact *take_artifact(Call *call) {
  g_autoptr(GError) error = NULL;
  if (!is_own_run(call))
    return NULL;
  Artifact *found = artifact_find(call->results->index, call->grant->run, call_text(call, "name"), g_get_real_time(), &error);
  if (error != NULL)
    call_fail_error(call, error);
  else if (found == NULL)
    call_fail(call, MHD_HTTP_NOT_FOUND, "this run has no artifact \"%s\"", call_text(call, "name"));
  return found;
}

static void create(Call *call) {
  g_autoptr(GError) error = NULL;
  if (!is_own_run(call) || !check_name(call))
    return;
  g_autoptr(Artifact) there = artifact_find(call->results->index, call->grant->run, call_text(call, "name"), g_get_real_time(), &error);
  if (there != NULL) {
    call_fail(call, MHD_HTTP_CONFLICT, "an artifact with this name already exists on the workflow run");
    return;
  }
  const IntakeTarget target = target_of(call);
  g_autoptr(Intake) upload = error == NULL ? intakes_begin(call->results, &target, ARTIFACT_MAX_BYTES, &error) : NULL;
  if (upload == NULL) {
    call_fail_error(call, error);
    return;
  }
  g_autofree char *link = call_write_link(call, upload);
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:b, s:s}", "ok", true, "signed_upload_url", link));
}

static void answer_id(Call *call, int64_t id) {
  g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:b, s:s}", "ok", true, "artifact_id", text));
}

static void finalize(Call *call) {
  g_autoptr(GError) error = NULL;
  if (!is_own_run(call))
    return;
  const IntakeTarget target = target_of(call);
  const char *hash = call_text(call, "hash");
  g_autoptr(Intake) upload = intakes_find(call->results, &target);
  int64_t id = 0;
  if (upload == NULL)
    call_fail(call, MHD_HTTP_NOT_FOUND, "this job does not upload an artifact \"%s\"", target.name);
  else if (intakes_store(call->results, upload, call_number(call, "size"), *hash != '\0' ? hash : NULL, &id, &error))
    answer_id(call, id);
  else
    call_fail_error(call, error);
}

static json_t *artifact_json(const Artifact *artifact) {
  g_autoptr(GDateTime) created = g_date_time_new_from_unix_utc(artifact->created_us / G_USEC_PER_SEC);
  g_autofree char *created_text = g_date_time_format_iso8601(created);
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, artifact->id);
  g_autofree char *size = g_strdup_printf("%" G_GINT64_FORMAT, artifact->size_bytes);
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "workflow_run_backend_id", artifact->run, "workflow_job_run_backend_id", artifact->job,
                   "database_id", id, "name", artifact->name, "size", size, "created_at", created_text, "digest", artifact->digest);
}

static void list(Call *call) {
  g_autoptr(GError) error = NULL;
  if (!is_own_run(call))
    return;
  const char *name = call_text(call, "name_filter");
  g_autoptr(GPtrArray) artifacts =
    artifact_list(call->results->index, call->grant->run, *name != '\0' ? name : NULL, call_number(call, "id_filter"), g_get_real_time(), &error);
  if (artifacts == NULL) {
    call_fail_error(call, error);
    return;
  }
  json_t *rows = json_array();
  for (guint i = 0; i < artifacts->len; i++)
    json_array_append_new(rows, artifact_json(g_ptr_array_index(artifacts, i)));
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:o}", "artifacts", rows));
}

static void get_signed_url(Call *call) {
  g_autoptr(Artifact) artifact = take_artifact(call);
  if (artifact == NULL)
    return;
  bool is_zip = strcmp(artifact->type, ZIP_TYPE) == 0 && !g_str_has_suffix(artifact->name, ".zip");
  g_autofree char *file = g_strconcat(artifact->name, is_zip ? ".zip" : "", NULL);
  g_autofree char *link = call_read_link(call, artifact->digest, artifact->type, file);
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:s}", "signed_url", link));
}

static void remove_artifact(Call *call) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Artifact) artifact = take_artifact(call);
  if (artifact == NULL)
    return;
  if (artifact_delete(call->results->index, artifact->run, artifact->name, NULL, &error))
    answer_id(call, artifact->id);
  else
    call_fail_error(call, error);
}

#define CALL(name, function)                                                                                                                         \
  {                                                                                                                                                  \
    .method = "POST", .path = "/twirp/github.actions.results.api.v1.ArtifactService/" name, .style = STYLE_TWIRP, .access = ACCESS_RUNTIME,          \
    .end = function, .body_max_bytes = JSON_BODY_MAX_BYTES, .is_json = true                                                                          \
  }

const Route artifact_routes[] = {
  CALL("CreateArtifact", create),
  CALL("FinalizeArtifact", finalize),
  CALL("ListArtifacts", list),
  CALL("GetSignedArtifactURL", get_signed_url),
  CALL("DeleteArtifact", remove_artifact),
  {0},
};

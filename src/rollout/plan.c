#include "rollout/plan.h"

#include "base/digest.h"
#include "base/error.h"
#include "image/image.h"
#include "rollout/version.h"

#include <string.h>

#define SHORT_ID_LENGTH 8

char *version_container_name(const RolloutContext *context, const Version *version, const char *service, const char *role, unsigned number) {
  size_t length = strlen(version->rollout);
  /* The end of an id is its random part. */
  const char *id = version->rollout + (length > SHORT_ID_LENGTH ? length - SHORT_ID_LENGTH : 0);
  bool replica = strcmp(role, ROLE_REPLICA) == 0;
  return g_strdup_printf("drover-%s-%s-%s-%s-%s%s%u-%s", context->project, context->environment, service, slot_name(version->slot),
                         replica ? "" : role, replica ? "" : "-", number, id);
}

char *version_volume_name(const RolloutContext *context, const Version *version, const char *service, unsigned number) {
  return g_strdup_printf("drover-%s-%s-%s-%s-%u", context->project, context->environment, version->rollout, service, number);
}

char **version_labels(const RolloutContext *context, const Version *version, const char *service, const char *role) {
  const struct {
    const char *name, *value;
  } labels[] = {
    {"scope", context->scope},
    {"project", context->project},
    {"environment", context->environment},
    {"release", version->release->id},
    {"rollout", version->rollout},
    {"slot", slot_name(version->slot)},
    {"service", service},
    {"role", role},
  };
  char **all = g_new0(char *, G_N_ELEMENTS(labels) + 1);
  for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
    all[i] = g_strconcat(ENGINE_LABEL, labels[i].name, "=", labels[i].value, NULL);
  return all;
}

char *version_image(const RolloutContext *context, const Version *version, const char *image, GError **error) {
  const char *digest = json_string_value(json_object_get(version->release->images, image));
  if (digest == NULL || !digest_is_valid(digest)) {
    error_set(error, DROVER_ERROR_CORRUPT, "release %u has no digest for image \"%s\"", version->release->number, image);
    return NULL;
  }
  g_autofree char *repository = g_strdup_printf(IMAGE_REGISTRY_NAME "/%s/%s", version->project->name, image);
  /* docker does not read registries.conf: it is told where the registry is. */
  bool by_address = engine_traits(context->engine)->kind == ENGINE_DOCKER;
  g_autofree char *name = by_address ? image_push_name(context->spec->tools, repository) : g_strdup(repository);
  return g_strconcat(name, "@", digest, NULL);
}

static char **volume_mounts(const RolloutContext *context, const Version *version, const ProjectService *service) {
  guint count = service->scratch != NULL ? g_strv_length(service->scratch) : 0;
  char **mounts = g_new0(char *, count + 1);
  for (guint i = 0; i < count; i++) {
    g_autofree char *name = version_volume_name(context, version, service->name, i + 1);
    mounts[i] = g_strconcat(name, ":", service->scratch[i], NULL);
  }
  return mounts;
}

void container_plan_set_secret(ContainerPlan *plan, const char *name, const Secret *value) {
  for (guint i = 0; i < plan->secrets->len; i++) {
    EngineSecret *secret = &g_array_index(plan->secrets, EngineSecret, i);
    if (strcmp(secret->name, name) != 0)
      continue;
    secret->value = value;
    return;
  }
  g_array_append_val(plan->secrets, ((EngineSecret){.name = name, .value = value}));
}

void container_plan_set_env(ContainerPlan *plan, const char *name, const char *value) {
  plan->env = g_environ_setenv(plan->env, name, value, TRUE);
}

const char *container_plan_get_env(const ContainerPlan *plan, const char *name) {
  return g_environ_getenv(plan->env, name);
}

static bool add_secrets(ContainerPlan *plan, const ProjectService *service, GError **error) {
  for (char **name = service->secrets; name != NULL && *name != NULL; name++) {
    const Secret *value = secret_set_get(plan->context->spec->secrets, *name);
    if (value == NULL)
      return error_set(error, DROVER_ERROR_INPUT, "secret %s of service %s is not set; set it with \"drover secret set\"", *name, service->name);
    container_plan_set_secret(plan, *name, value);
  }
  return true;
}

bool container_plan_make(ContainerPlan *plan, const RolloutContext *context, const Version *version, const ProjectService *service, const char *role,
                         unsigned number, GError **error) {
  bool replica = strcmp(role, ROLE_REPLICA) == 0, migrates = strcmp(role, ROLE_MIGRATE) == 0;
  *plan = (ContainerPlan){.context = context, .secrets = g_array_new(FALSE, FALSE, sizeof(EngineSecret))};
  plan->name = version_container_name(context, version, service->name, role, number);
  plan->labels = version_labels(context, version, service->name, role);
  plan->volumes = migrates ? NULL : volume_mounts(context, version, service);
  plan->env = service->env != NULL ? g_strdupv(service->env) : g_new0(char *, 1);
  plan->task = g_strdup_printf("%s %s", replica ? "start" : role, service->name);
  plan->image = version_image(context, version, service->image, error);
  return plan->image != NULL && add_secrets(plan, service, error);
}

void container_plan_clear(ContainerPlan *plan) {
  g_clear_pointer(&plan->name, g_free);
  g_clear_pointer(&plan->image, g_free);
  g_clear_pointer(&plan->labels, g_strfreev);
  g_clear_pointer(&plan->volumes, g_strfreev);
  g_clear_pointer(&plan->env, g_strfreev);
  g_clear_pointer(&plan->secrets, g_array_unref);
  g_clear_pointer(&plan->task, g_free);
}

static void show_line(G_GNUC_UNUSED ProcessStream stream, const char *line, size_t length, void *data) {
  const ContainerPlan *plan = data;
  g_autofree char *text = g_strndup(line, length);
  g_autofree char *clean = redact(plan->context->redactor, text);
  progress_line(plan->context->spec->progress, plan->task, clean, strlen(clean));
}

EngineRun container_plan_run(const ContainerPlan *plan) {
  return (EngineRun){
    .container =
      {
        .name = plan->name,
        .image = plan->image,
        .labels = (const char *const *)plan->labels,
        .env = (const char *const *)plan->env,
        .volumes = (const char *const *)plan->volumes,
      },
    .secrets = (const EngineSecret *)(void *)plan->secrets->data,
    .secret_count = plan->secrets->len,
    .on_line = show_line,
    .data = (void *)plan,
    .cancellable = plan->context->spec->cancellable,
  };
}

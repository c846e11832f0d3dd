#include "runner/job/container_request.h"

#include "base/error.h"
#include "runner/action/node.h"
#include "sandbox/sandbox.h"
#include "workflow/expression/expression.h"

#include <string.h>

/* ---- what is asked ---- */

static const char *keep(ContainerAsked *asked, char *text) {
  g_ptr_array_add(asked->texts, text);
  return text;
}

static char *text_of(json_t *value) {
  g_auto(ExpressionValue) scalar = expression_value_from_json(value);
  return expression_value_to_string(&scalar, NULL);
}

/* NULL where it is absent or empty. */
static const char *member(ContainerAsked *asked, const json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  if (value == NULL || json_is_null(value))
    return NULL;
  const char *text = keep(asked, text_of(value));
  return *text != '\0' ? text : NULL;
}

static const char *const *list(ContainerAsked *asked, const json_t *values) {
  const char **all = g_new0(const char *, json_array_size(values) + 1);
  for (size_t i = 0; i < json_array_size(values); i++)
    all[i] = keep(asked, text_of(json_array_get(values, i)));
  g_ptr_array_add(asked->texts, all);
  return all;
}

static const char *const *pairs(ContainerAsked *asked, const json_t *values) {
  const char **all = g_new0(const char *, json_object_size(values) + 1);
  size_t count = 0;
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)values, name, value) {
    g_autofree char *text = text_of(value);
    all[count++] = keep(asked, g_strconcat(name, "=", text, NULL));
  }
  g_ptr_array_add(asked->texts, all);
  return all;
}

static const char *image_of(const char *image) {
  return image != NULL && g_str_has_prefix(image, "docker://") ? image + strlen("docker://") : image;
}

bool container_asked_read(ContainerAsked *asked, const json_t *value, GError **error) {
  asked->texts = g_ptr_array_new_with_free_func(g_free);
  if (json_is_string(value)) {
    const char *image = keep(asked, g_strdup(json_string_value(value)));
    asked->request.image = *image != '\0' ? image_of(image) : NULL;
    return true;
  }
  if (!json_is_object(value) && !json_is_null(value))
    return error_set(error, DROVER_ERROR_INPUT, "expected an image or a mapping");
  const json_t *credentials = json_object_get(value, "credentials");
  const char *password = member(asked, credentials, "password");
  asked->password = password != NULL ? secret_new(password) : NULL;
  asked->request = (ContainerRequest){
    .image = image_of(member(asked, value, "image")),
    .env = pairs(asked, json_object_get(value, "env")),
    .ports = list(asked, json_object_get(value, "ports")),
    .volumes = list(asked, json_object_get(value, "volumes")),
    .options = member(asked, value, "options"),
    .username = member(asked, credentials, "username"),
    .password = asked->password,
  };
  asked->entrypoint = member(asked, value, "entrypoint");
  asked->command = member(asked, value, "command");
  return true;
}

void container_asked_clear(ContainerAsked *asked) {
  g_clear_pointer(&asked->texts, g_ptr_array_unref);
  g_clear_pointer(&asked->password, secret_free);
}

/* ---- what it sees besides the job's folders ---- */

static void add(GArray *binds, GPtrArray *texts, const char *path, const char *inside) {
  char *kept = g_strdup(path), *kept_inside = g_strdup(inside);
  g_ptr_array_add(texts, kept);
  g_ptr_array_add(texts, kept_inside);
  ContainerBind bind = {.path = kept, .inside = kept_inside, .read_only = true};
  g_array_append_val(binds, bind);
}

void container_asked_add_tools(const Job *job, GArray *binds, GPtrArray *texts) {
  g_autoptr(GArray) tools = g_array_new(FALSE, FALSE, sizeof(SandboxBind));
  g_autoptr(GPtrArray) owned G_GNUC_UNUSED = node_binds(job->run->spec->data_dir, tools);
  for (guint i = 0; i < tools->len; i++) {
    const SandboxBind *bind = &g_array_index(tools, SandboxBind, i);
    add(binds, texts, bind->path, bind->inside);
  }
  if (job->run->repository_dir == NULL)
    return;
  add(binds, texts, job->run->repository_dir, RUN_REPOSITORY_INSIDE);
  add(binds, texts, job->run->objects_dir, RUN_OBJECTS_INSIDE);
}

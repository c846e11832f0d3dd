#include "release/project_reader.h"

#include <string.h>

#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

#define NOT_YET(key)                                                                                                                                 \
  { .name = (key), .read = read_unsupported }

/* ---- images ------------------------------------------------------------------------------------------------------------ */

#define AT(member) .offset = offsetof(ProjectImage, member)
static const Key image_keys[] = {
  {"context", read_text, AT(context), .required = true, .item = item_folder},
  {"dockerfile", read_text, AT(dockerfile), .item = item_folder},
  {"platforms", read_list, AT(platforms), .item = item_platform},
  NOT_YET("target"),
  NOT_YET("args"),
  NOT_YET("secrets"),
  {0},
};
#undef AT

static void finish_image(void *entry) {
  ProjectImage *image = entry;
  if (image->dockerfile == NULL)
    image->dockerfile = g_strdup("Dockerfile");
  if (image->platforms == NULL || image->platforms[0] == NULL) {
    g_strfreev(image->platforms);
    image->platforms = g_strdupv((char *[]){(char *)project_platform(), NULL});
  }
}

static const EntryType image_type = {"image", image_keys, sizeof(ProjectImage), offsetof(ProjectImage, location), NULL, finish_image};

/* ---- services ---------------------------------------------------------------------------------------------------------- */

#define AT(member) .offset = offsetof(ProjectHealth, member)
static const Key health_keys[] = {
  {"path", read_text, AT(path), .item = item_url_path},
  {"interval", read_duration, AT(interval_ms), .min = 10, .max = HOUR},
  {"timeout", read_duration, AT(timeout_ms), .min = 10, .max = HOUR},
  {"attempts", read_count, AT(attempts), .min = 1, .max = 1000},
  {0},
};
#undef AT

#define AT(member) .offset = offsetof(ProjectMigration, member)
static const Key migrate_keys[] = {
  {"run", read_command, AT(run), .required = true},
  {"database", read_text, AT(database), .item = item_secret},
  {"lock_timeout", read_duration, AT(lock_timeout_ms), .min = 1, .max = HOUR},
  {"timeout", read_duration, AT(timeout_ms), .min = SECOND, .max = 24 * HOUR},
  {"attempts", read_count, AT(attempts), .min = 1, .max = 100},
  {0},
};
#undef AT

#define AT(member) .offset = offsetof(ProjectService, member)
static const Key service_keys[] = {
  {"image", read_text, AT(image), .required = true, .item = item_image},
  {"port", read_count, AT(port), .required = true, .min = 1, .max = 65535},
  {"replicas", read_count, AT(replicas), .min = 1, .max = 100},
  {"health", read_mapping, AT(health), .keys = health_keys},
  {"secrets", read_list, AT(secrets), .item = item_secret},
  {"env", read_variables, AT(env)},
  {"scratch", read_list, AT(scratch), .item = item_scratch},
  {"migrate", read_mapping, AT(migrate), .keys = migrate_keys},
  {"before_start", read_commands, AT(before_start)},
  NOT_YET("command"),
  NOT_YET("volumes"),
  NOT_YET("resources"),
  {0},
};
#undef AT

static const ProjectService service_defaults = {
  .replicas = 1,
  .health = {.interval_ms = SECOND, .timeout_ms = 2 * SECOND, .attempts = 30},
  .migrate = {.lock_timeout_ms = 3 * SECOND, .timeout_ms = 10 * MINUTE, .attempts = 5},
};

static void finish_service(void *entry) {
  ProjectService *service = entry;
  char ***lists[] = {&service->secrets, &service->env, &service->scratch};
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
    if (*lists[i] == NULL)
      *lists[i] = g_new0(char *, 1);
  if (service->before_start == NULL)
    service->before_start = g_new0(char **, 1);
  if (service->migrate.database == NULL)
    service->migrate.database = g_strdup("DATABASE_URL");
}

static const EntryType service_type = {"service",         service_keys,  sizeof(ProjectService), offsetof(ProjectService, location),
                                       &service_defaults, finish_service};

/* ---- environments ------------------------------------------------------------------------------------------------------ */

static void read_hosts(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  if (node->kind == YAML_MAPPING)
    reader_find(reader, node, "hosts in regions are not supported yet: write [local], this machine");
  else if (node->kind == YAML_SEQUENCE && node->count == 0)
    reader_find(reader, node, "hosts: the list is empty: write [local], this machine");
  else
    read_list(reader, key, node, field);
}

static const Key blue_green_keys[] = {{0}};

/* "blue-green", or {blue-green: {}} with settings to come. */
static void read_strategy(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  static const char *const later[] = {"canary", "rolling", "recreate", NULL};
  bool mapping = node->kind == YAML_MAPPING && node->count == 1;
  const YamlNode *name = mapping ? yaml_key(node, 0) : node;
  g_autofree char *shown = reader_show(name);
  if (name->kind != YAML_SCALAR)
    reader_find(reader, node, "%s: expected blue-green, as a text or as a mapping with one key, found %s", key->name, yaml_describe(node));
  else if (g_strv_contains(later, name->text))
    reader_find(reader, name, "the strategy %s is not supported yet: only blue-green", shown);
  else if (strcmp(name->text, "blue-green") != 0)
    reader_find(reader, name, "unknown strategy %s; expected blue-green", shown);
  else {
    if (mapping && !yaml_is_null(yaml_value(node, 0)))
      reader_read_mapping(reader, "strategy blue-green", blue_green_keys, yaml_value(node, 0), field);
    g_free(*(char **)field);
    *(char **)field = g_strdup(name->text);
  }
}

#define AT(member) .offset = offsetof(ProjectEnvironment, member)
static const Key environment_keys[] = {
  {"branch", read_text, AT(branch), .required = true, .item = item_branch},
  {"listen", read_text, AT(listen), .item = item_listen},
  {"hosts", read_hosts, AT(hosts), .item = item_host},
  {"strategy", read_strategy, AT(strategy)},
  {"drain", read_duration, AT(drain_ms), .min = 0, .max = HOUR},
  NOT_YET("approvals"),
  NOT_YET("waves"),
  NOT_YET("regions"),
  NOT_YET("gate"),
  NOT_YET("windows"),
  NOT_YET("freeze"),
  {0},
};
#undef AT

static const ProjectEnvironment environment_defaults = {.drain_ms = 10 * SECOND};

static void finish_environment(void *entry) {
  ProjectEnvironment *environment = entry;
  if (environment->listen == NULL)
    environment->listen = g_strdup("0.0.0.0:80");
  if (environment->hosts == NULL)
    environment->hosts = g_strdupv((char *[]){(char *)"local", NULL});
  if (environment->strategy == NULL)
    environment->strategy = g_strdup("blue-green");
}

static const EntryType environment_type = {
  "environment", environment_keys, sizeof(ProjectEnvironment), offsetof(ProjectEnvironment, location), &environment_defaults, finish_environment};

/* ---- the file ---------------------------------------------------------------------------------------------------------- */

static void read_version(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  (void)key, (void)field;
  gint64 version = 0;
  g_autofree char *shown = reader_show(node);
  if (!yaml_to_int(node, &version) || version < 1)
    reader_find(reader, node, "version: expected 1, found %s", shown);
  else if (version != 1)
    reader_find(reader, node, "version %s is not supported yet: this drover reads version 1", shown);
}

#define AT(member) .offset = offsetof(ProjectRoute, member)
static const Key route_keys[] = {
  {"path", read_text, AT(path), .required = true, .item = item_url_path},
  {"service", read_text, AT(service), .required = true, .item = item_service},
  {0},
};
#undef AT

static void read_routes(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  GPtrArray *routes = *(GPtrArray **)field;
  if (node->kind != YAML_SEQUENCE || node->count == 0) {
    reader_find(reader, node, "%s: expected a list of {path, service}, found %s", key->name,
                node->kind == YAML_SEQUENCE ? "an empty one" : yaml_describe(node));
    return;
  }
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < node->count; i++) {
    ProjectRoute *route = g_new0(ProjectRoute, 1);
    g_ptr_array_add(routes, route);
    reader_read_mapping(reader, "route", route_keys, node->items[i], route);
    if (route->path != NULL && !g_hash_table_add(seen, route->path))
      reader_find(reader, yaml_get(node->items[i], "path"), "the path \"%s\" has a route already", route->path);
  }
}

/* The linter reads its settings itself. */
static void read_elsewhere(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  (void)reader, (void)key, (void)node, (void)field;
}

static void read_receiver(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  ProjectNotify *receiver = field;
  receiver->kind = (NotifyKind)key->min;
  receiver->secret = item_secret(reader, node);
}

static const Key receiver_keys[] = {
  {"slack", read_receiver, .min = NOTIFY_SLACK},
  {"teams", read_receiver, .min = NOTIFY_TEAMS},
  {"webhook", read_receiver, .min = NOTIFY_WEBHOOK},
  {0},
};

#define RECEIVERS_MAX 20

static void read_notify(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  GPtrArray *receivers = *(GPtrArray **)field;
  if (node->kind != YAML_SEQUENCE || node->count > RECEIVERS_MAX) {
    reader_find(reader, node, "%s: expected a list of at most %d receivers such as {slack: SLACK_WEBHOOK_URL}, found %s", key->name, RECEIVERS_MAX,
                node->kind == YAML_SEQUENCE ? "more" : yaml_describe(node));
    return;
  }
  for (guint i = 0; i < node->count; i++) {
    const YamlNode *item = node->items[i];
    if (item->kind != YAML_MAPPING || item->count != 1) {
      reader_find(reader, item, "expected one receiver such as {slack: SLACK_WEBHOOK_URL}, found %s",
                  item->kind == YAML_MAPPING ? "a mapping with more or fewer keys than one" : yaml_describe(item));
      continue;
    }
    ProjectNotify *receiver = g_new0(ProjectNotify, 1);
    g_ptr_array_add(receivers, receiver);
    reader_read_mapping(reader, "notify", receiver_keys, item, receiver);
  }
}

static void read_registries(Reader *reader, const Key *key, const YamlNode *node, void *field) {
  read_list(reader, key, node, field);
  char *const *registries = *(char ***)field;
  if (registries != NULL && !g_strv_contains((const char *const *)registries, "drover"))
    reader_find(reader, node, "registries: \"drover\" is missing: rollouts take images from it, and other registries alone are not supported yet");
}

#define AT(member) .offset = offsetof(Project, member)
const Key project_keys[] = {
  {"version", read_version, .required = true},
  {"project", read_text, AT(name), .required = true, .item = item_name},
  {"images", read_entries, AT(images), .required = true, .entry = &image_type},
  {"registries", read_registries, AT(registries), .item = item_registry},
  {"checks", read_list, AT(checks), .item = item_workflow},
  {"services", read_entries, AT(services), .required = true, .entry = &service_type},
  {"routes", read_routes, AT(routes), .required = true},
  {"environments", read_entries, AT(environments), .required = true, .entry = &environment_type},
  {"notify", read_notify, AT(notify)},
  {"lint", read_elsewhere},
  NOT_YET("regions"),
  NOT_YET("gates"),
  NOT_YET("databases"),
  {0},
};
#undef AT

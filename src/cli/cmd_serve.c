#include "base/fs.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/support.h"
#include "registry/registry.h"
#include "server/server.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const OptionRow options[] = {
  {"listen", {VALUE_TEXT, "ADDRESS"}, .alias = 'l', .fallback = "127.0.0.1:7070", .says = "address and port to listen on; port 0 takes a free one"},
  {"ready-file", {VALUE_PATH, "FILE"}, .says = "write the address into FILE once it listens"},
  {"grace", {VALUE_DURATION, "DURATION", .max = 3600 * 1000}, .fallback = "10s", .says = "how long running requests may take to end when it stops"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover serve", "serve on 127.0.0.1:7070 until a signal"},
  {"drover serve --listen 0.0.0.0:8080 --data /srv/drover", "serve to others, with the state elsewhere"},
  {"drover serve --listen 127.0.0.1:0 --ready-file address", "take a free port, and tell a script which"},
  {0},
};

static bool serve(const Invocation *invocation, Server *server, GError **error) {
  const char *ready = invocation_text(invocation, "ready-file"), *address = server_address(server);
  log_info("listening on http://%s, state in %s", address, invocation->data_dir);
  if (ready != NULL && !fs_write(ready, address, strlen(address), 0644, error))
    return false;
  support_wait_for_signal(invocation);
  log_info("stopping");
  return true;
}

static bool run(Invocation *invocation, GError **error) {
  const char *ready = invocation_text(invocation, "ready-file");
  if (ready != NULL && unlink(ready) < 0 && errno != ENOENT) /* a script must not find the address of the last time */
    return error_set_errno(error, errno, "%s: cannot be removed", ready);
  log_setup((LogOptions){.level = invocation->quiet ? LOG_WARNING : invocation->verbose ? LOG_DEBUG : LOG_INFO, .times = true});
  g_autofree char *registry_dir = support_data_dir(invocation, "registry", error);
  g_autoptr(Store) store = registry_dir != NULL ? support_store(invocation, error) : NULL;
  g_autoptr(Registry) registry = store != NULL ? registry_open(registry_dir, error) : NULL;
  if (registry == NULL)
    return false;
  Server *server = server_start(&(ServerOptions){.listen = invocation_text(invocation, "listen"), .registry = registry, .store = store}, error);
  if (server == NULL)
    return false;
  bool good = serve(invocation, server, error);
  server_stop(server, invocation_number(invocation, "grace"));
  return good;
}

const Command command_serve = {
  .name = "serve",
  .group = GROUP_OPERATE,
  .summary = "serve the registry, the API and the page until a signal",
  .description = "One port serves /v2/ (the OCI registry), /api/v1/, /healthz and the page. Ends with status 0 on SIGTERM or SIGINT, once running "
                 "requests have ended or --grace has passed.",
  .options = options,
  .examples = examples,
  .run = run,
};

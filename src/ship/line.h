/* What the stages of one ship share. Opened by line_open(), used by one thread. */
#pragma once

#include "base/fs.h"
#include "image/image.h"
#include "notify/notify.h"
#include "registry/registry.h"
#include "release/project.h"
#include "git/repository.h"
#include "release/secrets.h"
#include "rollout/rollout.h"
#include "server/server.h"
#include "ship/ship.h"
#include "store/store.h"

/* A folder for one drover at work, DATA/tmp/ID, removed when it is closed. What a killed drover left is removed by the next. */
typedef struct Scratch Scratch;

Scratch *scratch_open(const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *scratch_path(const Scratch *scratch);

/* "<home>-<id>": names this drover among all of the machine; `home` stands for the data folder. Transfer full. */
char *scratch_owner(const Scratch *scratch);

/* "<home>-", and whether the drover of this data folder that called itself `owner` is still at work. */
char *scratch_owner_prefix(const Scratch *scratch);
bool scratch_owner_is_alive(const char *owner, void *scratch);
void scratch_close(Scratch *scratch);

typedef struct {
  const ShipSpec *spec;
  Store *store;
  Commit *commit;   /* NULL in a rollback */
  Project *project; /* of the commit, or of the release that a rollback returns to */
  const ProjectEnvironment *environment;
  SecretSet *secrets;
  FileLock *lock; /* the environment's */
  Scratch *scratch;
  Registry *registry;
  Server *server; /* serves the registry to the container tools while the line runs */
  ImageTools *tools;
} Line;

void line_clear(Line *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

/* checks.c: reads every workflow of `checks:` at the commit and reports what cannot be run (INPUT, located). */
GPtrArray *checks_load(const Line *line, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* of Plan */

/* Runs those that have not succeeded on this commit yet, one after the other; `checks` becomes the release's evidence
 * [{"workflow", "run", "outcome"}] (transfer full). FAILED when one fails. */
bool checks_run(const Line *line, GPtrArray *plans, json_t **checks, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends what a drover that was killed left of a project's runs: processes, folders and runs still marked as running. */
bool checks_clean(const Line *line, const char *project, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* images.c: whether every image has its Dockerfile in the commit (INPUT, located). */
bool images_check(const Line *line, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Builds and pushes every image of the commit, in parallel, to every registry; {"backend": "sha256:..."}. */
json_t *images_build(const Line *line, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives the images of a release the environment's tag as well: a promotion, without a rebuild. */
bool images_tag(const Line *line, const Release *release, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* news.c: tells the project's receivers how it went; `failure` NULL: well. Never fails; warns on the progress. Returns how many
 * were delivered. */
unsigned news_send(const Line *line, const Release *release, const Rollout *rollout, const GError *failure);

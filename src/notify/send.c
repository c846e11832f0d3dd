#include "notify/send.h"

#include "base/error.h"
#include "base/http.h"
#include "notify/text.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX_BYTES ((size_t)64 << 10)

const NotifyTimes notify_times = {
  .policy = {.attempts = 4, .first_ms = 500, .max_ms = 4000, .budget_ms = 6000},
  .timeout_ms = 4000,
};

static const char *const kinds[] = {[NOTIFY_SLACK] = "slack", [NOTIFY_TEAMS] = "teams", [NOTIFY_WEBHOOK] = "webhook"};

/* One receiver's delivery, on a thread of its own. */
typedef struct {
  const NotifyTimes *times;
  const ProjectNotify *receiver;
  char *address;
  char *body;
  GCancellable *cancellable;
  GThread *thread;
  char *failure; /* NULL: delivered */
} Delivery;

static void delivery_free(gpointer data) {
  Delivery *delivery = data;
  explicit_bzero(delivery->address, strlen(delivery->address));
  g_free(delivery->address);
  free(delivery->body);
  g_free(delivery->failure);
  g_free(delivery);
}

static gpointer deliver(gpointer data) {
  Delivery *delivery = data;
  const char *const headers[] = {"Content-Type: application/json", "User-Agent: drover/" DROVER_VERSION, NULL};
  const HttpRequest request = {
    .url = delivery->address,
    .headers = headers,
    .body = delivery->body,
    .body_size = strlen(delivery->body),
    .timeout_ms = delivery->times->timeout_ms,
    .body_max_bytes = ANSWER_MAX_BYTES,
    .cancellable = delivery->cancellable,
  };
  g_auto(HttpResponse) response = {0};
  g_autoptr(GError) error = NULL;
  if (http_send_retrying(&request, &delivery->times->policy, &response, &error))
    return NULL;
  g_autofree char *words = text_redact(error->message, delivery->address);
  g_autofree char *shown = text_limit(words, 400);
  delivery->failure = g_strdup_printf("%s (%s): %s", kinds[delivery->receiver->kind], delivery->receiver->secret, shown);
  return NULL;
}

static Delivery *delivery_start(const NotifyTimes *times, const ProjectNotify *receiver, const Secret *address, const Notification *notification,
                                GCancellable *cancellable) {
  Delivery *delivery = g_new0(Delivery, 1);
  json_auto_t *body = notify_body(receiver->kind, notification);
  delivery->times = times;
  delivery->receiver = receiver;
  delivery->address = g_strstrip(g_strdup(secret_reveal(address))); /* a pasted address often ends with a newline */
  delivery->body = json_dumps(body, JSON_COMPACT);
  delivery->cancellable = cancellable;
  delivery->thread = g_thread_new("notify", deliver, delivery);
  return delivery;
}

unsigned notify_send_timed(const NotifyTimes *times, const Project *project, const SecretSet *secrets, const Notification *notification,
                           GCancellable *cancellable, GPtrArray *failures) {
  g_autoptr(GPtrArray) deliveries = g_ptr_array_new_with_free_func(delivery_free);
  unsigned delivered = 0;
  for (guint i = 0; i < project->notify->len; i++) {
    const ProjectNotify *receiver = g_ptr_array_index(project->notify, i);
    const Secret *address = secret_set_get(secrets, receiver->secret);
    if (address != NULL)
      g_ptr_array_add(deliveries, delivery_start(times, receiver, address, notification, cancellable));
  }
  for (guint i = 0; i < deliveries->len; i++) {
    Delivery *delivery = g_ptr_array_index(deliveries, i);
    g_thread_join(delivery->thread);
    delivered += delivery->failure == NULL;
    if (delivery->failure != NULL && failures != NULL)
      g_ptr_array_add(failures, g_steal_pointer(&delivery->failure));
  }
  return delivered;
}

unsigned notify_send(const Project *project, const SecretSet *secrets, const Notification *notification, GCancellable *cancellable,
                     GPtrArray *failures) {
  return notify_send_timed(&notify_times, project, secrets, notification, cancellable, failures);
}

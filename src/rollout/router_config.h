/* HAProxy's configuration as a pure function of what is to be routed.
 *
 * Each service has two backends, SERVICE.blue and SERVICE.green, one a version (never one server a version: only a
 * backend's counters are right). Which one takes a request is decided by one process variable, proc.green_share: the share
 * of users, in parts of ROUTER_SHARE_ALL, that the green slot gets. Blue-green knows 0 and ROUTER_SHARE_ALL; a canary is a
 * number between them, and needs only that txn.bucket is computed from the user.
 *
 * proc.closing is set in a worker that a reload is about to replace: it ends each connection with the answer under way, so that
 * clients come to the new worker and none of them finds its connection closed under a request.
 *
 * proc.base, proc.blue and proc.green name what was loaded, so that the router can be asked whether a change needs a reload
 * or can be made in place.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define ROUTER_SHARE_ALL 10000
#define ROUTER_SHARE_NONE (-1) /* nothing runs: every request gets 503 */

typedef enum { SLOT_BLUE, SLOT_GREEN, SLOT_COUNT } Slot;

const char *slot_name(Slot slot);              /* "blue", "green": static */
bool slot_parse(const char *name, Slot *slot); /* NULL is no slot */
int slot_share(Slot slot);                     /* the share with which it gets everything */

/* One replica: its container's name and its port on 127.0.0.1. */
typedef struct {
  char *name;
  unsigned port;
} RouterServer;

typedef struct {
  char *name;
  char *health_path; /* NULL: a connection is enough */
  int64_t interval_ms;
  int64_t timeout_ms;
  GPtrArray *servers; /* RouterServer */
} RouterService;

typedef struct {
  char *path;
  char *service;
} RouterRoute;

/* What one slot's version wants: its services, and its routes with the longest path first. */
typedef struct {
  GPtrArray *services; /* RouterService */
  GPtrArray *routes;   /* RouterRoute */
} RouterSlot;

typedef struct {
  char *listen; /* "address:port" */
  int64_t drain_ms;
  int share;  /* of green; or ROUTER_SHARE_NONE */
  char *user; /* whom the worker becomes, and the group of that name; NULL: nobody else */
  RouterSlot slots[SLOT_COUNT];
} RouterState;

RouterState *router_state_new(const char *listen, int64_t drain_ms);
void router_state_free(RouterState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RouterState, router_state_free)

RouterService *router_state_add_service(RouterState *state, Slot slot, const char *name); /* transfer none */
void router_state_add_route(RouterState *state, Slot slot, const char *path, const char *service);
void router_service_add_server(RouterService *service, const char *name, unsigned port);

/* Whether a slot has any server. */
bool router_state_has_servers(const RouterState *state, Slot slot);

/* haproxy.cfg; transfer full. Any byte of a path or address is rendered so that it stays one word. */
char *router_config_render(const RouterState *state);

/* What the loaded configuration is called where it does not change in place; transfer full. */
char *router_config_base_identity(const RouterState *state);
char *router_config_slot_identity(const RouterState *state, Slot slot);

/* The options of a server line: for haproxy.cfg and for "add server". Transfer full. */
char *router_config_server_options(const RouterService *service);

/* The file that 503 answers are read from, and what is in it. */
#define ROUTER_ERRORFILE "503.http"
extern const char router_errorfile_text[];

/* Names inside the router's folder. */
#define ROUTER_CONFIG "haproxy.cfg"
#define ROUTER_ADMIN_SOCKET "admin.sock"
#define ROUTER_MASTER_SOCKET "master.sock"
#define ROUTER_PID "haproxy.pid"

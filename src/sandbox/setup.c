#include "sandbox/setup.h"

#include "sandbox/wire.h"

#include <stdlib.h>

#define HEAD 6 /* strings before the steps */
#define STEP 3 /* strings a step */

void setup_clear(Setup *setup) {
  g_clear_pointer(&setup->name, g_free);
  g_clear_pointer(&setup->state_dir, g_free);
  g_clear_pointer(&setup->steps, g_ptr_array_unref);
}

static void append_number(GByteArray *payload, int64_t number) {
  g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);
  wire_append(payload, text);
}

GByteArray *setup_pack(const Setup *setup) {
  GByteArray *payload = g_byte_array_new();
  char cpus[G_ASCII_DTOSTR_BUF_SIZE];
  wire_append(payload, setup->name);
  wire_append(payload, setup->state_dir);
  append_number(payload, setup->privileged << 2 | setup->in_memory << 1 | setup->own_network);
  append_number(payload, setup->limits.memory_max_bytes);
  append_number(payload, setup->limits.processes_max);
  wire_append(payload, g_ascii_dtostr(cpus, sizeof cpus, setup->limits.cpus_max));
  for (guint i = 0; i < setup->steps->len; i++) {
    const PlanStep *step = setup->steps->pdata[i];
    append_number(payload, step->kind);
    wire_append(payload, step->target);
    wire_append(payload, step->source);
  }
  return payload;
}

bool setup_unpack(Setup *setup, const char *const *strings) {
  guint count = g_strv_length((char **)strings);
  if (count < HEAD || (count - HEAD) % STEP != 0)
    return false;
  long flags = strtol(strings[2], NULL, 10);
  *setup = (Setup){.name = g_strdup(strings[0]),
                   .state_dir = g_strdup(strings[1]),
                   .privileged = (flags & 4) != 0,
                   .in_memory = (flags & 2) != 0,
                   .own_network = (flags & 1) != 0,
                   .limits = {g_ascii_strtoll(strings[3], NULL, 10), g_ascii_strtoll(strings[4], NULL, 10), g_ascii_strtod(strings[5], NULL)},
                   .steps = plan_steps_new()};
  for (guint i = HEAD; i < count; i += STEP)
    plan_add(setup->steps, (PlanKind)strtol(strings[i], NULL, 10), strings[i + 1], strings[i + 2]);
  return true;
}

/* Walks the table of a rollout: what the driver and recovery take for granted of it. */
#include "rollout/machine.h"

#include <glib.h>
#include <string.h>

static bool is_end(RolloutState state) {
  return rollout_state_row(state)->undo == UNDO_END;
}

static void test_names_are_unique_and_read_back(void) {
  for (int state = 0; state < ROLLOUT_STATE_COUNT; state++) {
    const RolloutRow *row = rollout_state_row((RolloutState)state);
    RolloutState found = ROLLOUT_STATE_COUNT;
    g_assert_true(rollout_state_parse(row->name, &found));
    g_assert_cmpint(found, ==, state);
    g_assert_cmpstr(row->name, !=, "");
    g_assert_cmpstr(row->task, !=, "");
    g_assert_cmpstr(row->says, !=, "");
  }
}

static void test_unknown_names_are_refused(void) {
  static const char *const names[] = {"", "Pull", "pull ", "take_back", "done"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    RolloutState state = ROLLOUT_DRAIN;
    g_assert_false(rollout_state_parse(names[i], &state));
    g_assert_cmpint(state, ==, ROLLOUT_DRAIN);
  }
}

static void visit(RolloutState state, bool seen[ROLLOUT_STATE_COUNT]) {
  if (seen[state])
    return;
  seen[state] = true;
  visit(rollout_state_next(state, true), seen);
  visit(rollout_state_next(state, false), seen);
}

static void test_every_state_is_reachable(void) {
  bool seen[ROLLOUT_STATE_COUNT] = {false};
  visit(ROLLOUT_PULL, seen);
  for (int state = 0; state < ROLLOUT_STATE_COUNT; state++) {
    g_test_message("%s", rollout_state_name((RolloutState)state));
    g_assert_true(seen[state]);
  }
}

/* Whatever succeeds or fails: each of the 2^n ways ends, so there is neither a dead end nor a circle. */
static void walk(RolloutState state, unsigned steps) {
  g_assert_cmpuint(steps, <=, ROLLOUT_STATE_COUNT);
  if (is_end(state))
    return;
  walk(rollout_state_next(state, true), steps + 1);
  walk(rollout_state_next(state, false), steps + 1);
}

static void test_every_way_ends(void) {
  walk(ROLLOUT_PULL, 0);
}

static void test_ends_have_outcomes_and_stay(void) {
  static const char *const outcomes[] = {"completed", "rolled-back", "failed", NULL};
  for (int i = 0; i < ROLLOUT_STATE_COUNT; i++) {
    RolloutState state = (RolloutState)i;
    const char *outcome = rollout_state_row(state)->outcome;
    g_assert_true(is_end(state) == (outcome != NULL));
    if (!is_end(state))
      continue;
    g_assert_true(g_strv_contains(outcomes, outcome));
    g_assert_cmpint(rollout_state_next(state, true), ==, state);
    g_assert_cmpint(rollout_state_next(state, false), ==, state);
  }
}

static void test_all_good_ends_completed(void) {
  RolloutState state = ROLLOUT_PULL;
  while (!is_end(state))
    state = rollout_state_next(state, true);
  g_assert_cmpint(state, ==, ROLLOUT_COMPLETED);
}

static void test_failure_before_the_switch_goes_back(void) {
  for (int i = ROLLOUT_PULL; i <= ROLLOUT_SWITCH; i++) {
    g_assert_cmpint(rollout_state_next((RolloutState)i, false), ==, ROLLOUT_TAKE_BACK);
    g_assert_true(rollout_state_can_return((RolloutState)i));
  }
}

static void test_nothing_after_the_switch_goes_back(void) {
  bool seen[ROLLOUT_STATE_COUNT] = {false};
  visit(rollout_state_next(ROLLOUT_SWITCH, true), seen);
  g_assert_false(seen[ROLLOUT_TAKE_BACK] || seen[ROLLOUT_ROLLED_BACK] || seen[ROLLOUT_FAILED]);
  for (int state = 0; state < ROLLOUT_STATE_COUNT; state++)
    g_assert_true(!seen[state] || !rollout_state_can_return((RolloutState)state));
}

/* The way back undoes the states before the switch by their rows: what makes something there has an undo. */
static void test_what_is_made_is_undone(void) {
  static const struct {
    RolloutState state;
    RolloutUndo undo;
  } rows[] = {
    {ROLLOUT_PULL, UNDO_NOTHING},  {ROLLOUT_MIGRATE, UNDO_IRREVERSIBLE}, {ROLLOUT_PREPARE, UNDO_VOLUMES},     {ROLLOUT_START, UNDO_CONTAINERS},
    {ROLLOUT_PROBE, UNDO_NOTHING}, {ROLLOUT_ATTACH, UNDO_SERVERS},       {ROLLOUT_SWITCH, UNDO_IRREVERSIBLE},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpint(rollout_state_row(rows[i].state)->undo, ==, rows[i].undo);
  g_assert_cmpint(ROLLOUT_SWITCH, ==, G_N_ELEMENTS(rows) - 1);
}

static void test_resume(void) {
  static const bool yes = true, no = false;
  static const struct {
    const char *claim;
    RolloutState state;
    const bool *new_serves;
    RolloutState goes_on;
  } rows[] = {
    {"before the switch: back", ROLLOUT_MIGRATE, &no, ROLLOUT_TAKE_BACK},
    {"before the switch, whatever the router says: back", ROLLOUT_START, &yes, ROLLOUT_TAKE_BACK},
    {"attached, not switched: back", ROLLOUT_ATTACH, NULL, ROLLOUT_TAKE_BACK},
    {"the switch happened: forward", ROLLOUT_SWITCH, &yes, ROLLOUT_DRAIN},
    {"the switch did not happen: back", ROLLOUT_SWITCH, &no, ROLLOUT_TAKE_BACK},
    {"nobody knows, both versions run: back", ROLLOUT_SWITCH, NULL, ROLLOUT_TAKE_BACK},
    {"the old version may be going already: forward", ROLLOUT_DRAIN, NULL, ROLLOUT_DRAIN},
    {"the old version may be gone: forward, even against the router", ROLLOUT_REMOVE, &no, ROLLOUT_DRAIN},
    {"on the way back: back", ROLLOUT_TAKE_BACK, &no, ROLLOUT_TAKE_BACK},
    {"ended: stays", ROLLOUT_COMPLETED, &yes, ROLLOUT_COMPLETED},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_assert_cmpint(rollout_state_resume(rows[i].state, rows[i].new_serves), ==, rows[i].goes_on);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/machine/names-unique-and-read-back", test_names_are_unique_and_read_back);
  g_test_add_func("/machine/unknown-names-refused", test_unknown_names_are_refused);
  g_test_add_func("/machine/every-state-reachable", test_every_state_is_reachable);
  g_test_add_func("/machine/every-way-ends", test_every_way_ends);
  g_test_add_func("/machine/ends-have-outcomes", test_ends_have_outcomes_and_stay);
  g_test_add_func("/machine/all-good-ends-completed", test_all_good_ends_completed);
  g_test_add_func("/machine/failure-before-switch-goes-back", test_failure_before_the_switch_goes_back);
  g_test_add_func("/machine/nothing-after-switch-goes-back", test_nothing_after_the_switch_goes_back);
  g_test_add_func("/machine/what-is-made-is-undone", test_what_is_made_is_undone);
  g_test_add_func("/machine/resume", test_resume);
  return g_test_run();
}

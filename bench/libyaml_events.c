/* libyaml alone: reads each file that is named and drops its events. What bench/lint.py measures the linter against. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

static void drop_events(FILE *file) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser))
    exit(1);
  yaml_parser_set_input_file(&parser, file);
  for (bool done = false; !done;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event))
      break; /* a file that is no YAML ends here for the linter, too */
    done = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    if (file == NULL)
      return 1;
    drop_events(file);
    fclose(file);
  }
  return 0;
}

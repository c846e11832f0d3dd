/* The files of data/ in the program, made by glib-compile-resources. Private to facts.c. */
#pragma once

#include <gio/gio.h>

GResource *facts_get_resource(void);

/* The schema files in the program, made by glib-compile-resources. Private to store/. */
#pragma once

#include <gio/gio.h>

GResource *store_schema_get_resource(void);

/* What build.c needs of ImageTools. */
#pragma once

#include "image/image.h"

/* The folder given to image_tools_new(), for files of a build; transfer none. */
const char *image_tools_dir(const ImageTools *tools);

/* "127.0.0.1:43121": where the embedded registry listens; transfer none. */
const char *image_tools_address(const ImageTools *tools);

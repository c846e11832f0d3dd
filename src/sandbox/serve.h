/* What the init of a sandbox does once the sandbox is made: starts programs as drover asks, passes on signals, reaps, until drover's end
 * of the control socket is closed.
 */
#pragma once

void serve(int control_fd);

/* The network bridge that containers hang on.
 *
 * A Linux bridge without an address of its own takes the lowest of its ports' MAC addresses. When a new container's port has a
 * lower one, the bridge's address flips, and connections through it stall until the neighbours have learned the new one: starting
 * a container hangs requests to those that serve. (Seen as 5 flips and a 10 s stall in 24 container starts under load.) An
 * address that was set, even to the same value, stays.
 */
#pragma once

/* Sets the address of each bridge that a container engine made for its networks to what it is now. Bridges that are not
 * there, have an address of their own already, or may not be changed are left alone. */
void bridge_pin_addresses(void);

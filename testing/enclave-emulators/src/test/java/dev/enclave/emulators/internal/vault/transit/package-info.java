/** What the transit engine computes by itself. */
@NullMarked
package dev.enclave.emulators.internal.vault.transit;

import org.jspecify.annotations.NullMarked;

/** The metadata server of Compute Engine, of which other places have a likeness. */
@NullMarked
package dev.enclave.emulators.internal.gcp.metadata;

import org.jspecify.annotations.NullMarked;

/** A key vault and what it is reached by. */
@NullMarked
package dev.enclave.emulators.internal.azure;

import org.jspecify.annotations.NullMarked;

/** The keys of a key vault or a managed HSM. */
@NullMarked
package dev.enclave.emulators.internal.azure.keys;

import org.jspecify.annotations.NullMarked;

/** Looks for keys in the memory of real processes. */
@NullMarked
package dev.enclave.crypto.dump;

import org.jspecify.annotations.NullMarked;

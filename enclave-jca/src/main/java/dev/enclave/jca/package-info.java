/** A JCA provider: keys of Enclave wherever a library takes a {@link java.security.PrivateKey}. */
@NullMarked
package dev.enclave.jca;

import org.jspecify.annotations.NullMarked;

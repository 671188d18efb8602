/** Certificate chains, and the roots somebody trusts. */
@NullMarked
package dev.enclave.core.internal.x509;

import org.jspecify.annotations.NullMarked;

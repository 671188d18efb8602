/** Certificate chains. */
@NullMarked
package dev.enclave.core.internal.x509;

import org.jspecify.annotations.NullMarked;

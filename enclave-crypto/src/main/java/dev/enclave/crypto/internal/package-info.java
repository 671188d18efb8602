/** The service by which {@code enclave-api} finds the mathematics. */
@NullMarked
package dev.enclave.crypto.internal;

import org.jspecify.annotations.NullMarked;

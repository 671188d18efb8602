/** Audit records to an SLF4J logger. */
@NullMarked
package dev.enclave.slf4j;

import org.jspecify.annotations.NullMarked;

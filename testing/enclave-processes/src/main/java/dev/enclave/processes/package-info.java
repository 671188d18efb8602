/** Starts JVMs, looks for secrets in their heap and core dumps, and knows where modules lie. */
@NullMarked
package dev.enclave.processes;

import org.jspecify.annotations.NullMarked;

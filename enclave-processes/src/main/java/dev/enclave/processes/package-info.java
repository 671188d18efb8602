/** Starts JVMs and looks for secrets in their heap and core dumps. */
@NullMarked
package dev.enclave.processes;

import org.jspecify.annotations.NullMarked;

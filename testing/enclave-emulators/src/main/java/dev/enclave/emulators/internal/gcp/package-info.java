/** The services of Google Cloud that share one port. */
@NullMarked
package dev.enclave.emulators.internal.gcp;

import org.jspecify.annotations.NullMarked;

/** The services of AWS that share one port. */
@NullMarked
package dev.enclave.emulators.internal.aws;

import org.jspecify.annotations.NullMarked;

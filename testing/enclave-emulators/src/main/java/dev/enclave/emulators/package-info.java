/** Wire-level servers of cloud key services on loopback, for tests. */
@NullMarked
package dev.enclave.emulators;

import org.jspecify.annotations.NullMarked;

/** What transports share: one request from its arrival to the journal. */
@NullMarked
package dev.enclave.emulators.internal.exchange;

import org.jspecify.annotations.NullMarked;

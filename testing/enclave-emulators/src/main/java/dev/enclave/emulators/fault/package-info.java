/** What may go wrong between a client and a server, and when; free of any transport. */
@NullMarked
package dev.enclave.emulators.fault;

import org.jspecify.annotations.NullMarked;

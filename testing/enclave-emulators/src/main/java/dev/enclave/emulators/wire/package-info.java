/**
 * Between a server's logic and its socket: requests, answers, what becomes of them, and the
 * journal.
 */
@NullMarked
package dev.enclave.emulators.wire;

import org.jspecify.annotations.NullMarked;

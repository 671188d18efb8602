/** Key material and what it computes, by Bouncy Castle's own API; it knows no cloud. */
@NullMarked
package dev.enclave.emulators.internal.crypto;

import org.jspecify.annotations.NullMarked;

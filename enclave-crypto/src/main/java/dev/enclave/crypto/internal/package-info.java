/** One class per scheme and encoding, on Bouncy Castle's lightweight API. */
@NullMarked
package dev.enclave.crypto.internal;

import org.jspecify.annotations.NullMarked;

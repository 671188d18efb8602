/** What servers have in common about where they listen. */
@NullMarked
package dev.enclave.emulators.internal.listening;

import org.jspecify.annotations.NullMarked;

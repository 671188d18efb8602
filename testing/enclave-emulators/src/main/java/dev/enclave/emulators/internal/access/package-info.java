/** Who may do what. */
@NullMarked
package dev.enclave.emulators.internal.access;

import org.jspecify.annotations.NullMarked;

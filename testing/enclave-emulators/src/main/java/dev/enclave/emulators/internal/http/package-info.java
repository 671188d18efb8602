/** HTTP on loopback. */
@NullMarked
package dev.enclave.emulators.internal.http;

import org.jspecify.annotations.NullMarked;

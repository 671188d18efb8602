/** What principals may not do. */
@NullMarked
package dev.enclave.emulators.internal.access;

import org.jspecify.annotations.NullMarked;

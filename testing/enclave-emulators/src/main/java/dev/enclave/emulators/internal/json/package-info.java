/** JSON as maps, lists and plain values. */
@NullMarked
package dev.enclave.emulators.internal.json;

import org.jspecify.annotations.NullMarked;

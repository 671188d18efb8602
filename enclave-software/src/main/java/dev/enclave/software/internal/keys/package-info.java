/** Creates, changes, uses, exports and restores keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.keys;

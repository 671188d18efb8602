/** Creates keys, rotates them, and switches their versions. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key.versions;

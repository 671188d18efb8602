/** Files that are replaced as a whole, their owner and rights, and counters of changes. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.disk;

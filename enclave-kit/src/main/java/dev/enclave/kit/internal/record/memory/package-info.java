/** Records that were read, with what they opened, and their replacement. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.internal.record.memory;

/** The sealed files of keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.records;

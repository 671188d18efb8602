/** The sealed records of keys, as files, and the master keys over them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.records;

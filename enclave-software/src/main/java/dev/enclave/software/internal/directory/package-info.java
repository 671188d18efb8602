/** What lies where in a store, and who may write there. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.directory;

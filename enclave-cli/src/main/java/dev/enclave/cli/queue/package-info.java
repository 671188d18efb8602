/** The commands {@code enclave queue …}. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.queue;

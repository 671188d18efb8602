/** Where audit records go. */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi.audit;

/** What a place for keys implements: a provider, a backend, and what the backend can do. */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi.backend;

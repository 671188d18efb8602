/** Companions in this backend, which sign while another backend does not answer. */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.fallback;

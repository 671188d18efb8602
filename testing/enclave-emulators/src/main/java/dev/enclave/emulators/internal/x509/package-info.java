/** Certificates for tests (RFC 5280). */
@NullMarked
package dev.enclave.emulators.internal.x509;

import org.jspecify.annotations.NullMarked;

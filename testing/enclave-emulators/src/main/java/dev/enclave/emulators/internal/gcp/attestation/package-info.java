/** What an HSM says about its keys. */
@NullMarked
package dev.enclave.emulators.internal.gcp.attestation;

import org.jspecify.annotations.NullMarked;

/** What a managed HSM says about its keys. */
@NullMarked
package dev.enclave.emulators.internal.azure.attestation;

import org.jspecify.annotations.NullMarked;

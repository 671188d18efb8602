/** Keys in Secrets under every campaign, with key-encryption keys on servers of three clouds. */
@NullMarked
package dev.enclave.kubernetes.campaign;

import org.jspecify.annotations.NullMarked;

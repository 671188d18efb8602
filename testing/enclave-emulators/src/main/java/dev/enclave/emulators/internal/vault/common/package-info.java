/**
 * What the parts of the Vault server share: calls, answers, errors and state that standbys see
 * late.
 */
@NullMarked
package dev.enclave.emulators.internal.vault.common;

import org.jspecify.annotations.NullMarked;

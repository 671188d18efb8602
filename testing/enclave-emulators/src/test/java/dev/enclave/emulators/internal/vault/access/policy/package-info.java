@NullMarked
package dev.enclave.emulators.internal.vault.access.policy;

import org.jspecify.annotations.NullMarked;

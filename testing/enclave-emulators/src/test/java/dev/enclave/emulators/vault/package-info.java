/** The server of Vault and OpenBao, driven by plain HTTP. */
@NullMarked
package dev.enclave.emulators.vault;

import org.jspecify.annotations.NullMarked;

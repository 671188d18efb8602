/** What the parts of the Azure server share. */
@NullMarked
package dev.enclave.emulators.internal.azure.common;

import org.jspecify.annotations.NullMarked;

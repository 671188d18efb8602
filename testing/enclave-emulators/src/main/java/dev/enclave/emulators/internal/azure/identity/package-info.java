/** Where workloads on Azure get their tokens, and what is in them. */
@NullMarked
package dev.enclave.emulators.internal.azure.identity;

import org.jspecify.annotations.NullMarked;

/** Workload identity federation: tokens of others for tokens of Google. */
@NullMarked
package dev.enclave.emulators.internal.gcp.federation;

import org.jspecify.annotations.NullMarked;

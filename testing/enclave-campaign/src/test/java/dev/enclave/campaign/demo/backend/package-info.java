/** A backend at a remote service, Keyhouse, that is made of the kit in {@code enclave-kit}. */
@NullMarked
package dev.enclave.campaign.demo.backend;

import org.jspecify.annotations.NullMarked;

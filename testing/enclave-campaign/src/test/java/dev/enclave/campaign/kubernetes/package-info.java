/** The relay before the real API server. */
@NullMarked
package dev.enclave.campaign.kubernetes;

import org.jspecify.annotations.NullMarked;

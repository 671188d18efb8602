/** The relay before an API server. */
@NullMarked
package dev.enclave.campaign.kubernetes;

import org.jspecify.annotations.NullMarked;

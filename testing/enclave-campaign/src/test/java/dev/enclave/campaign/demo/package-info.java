/** The demonstration backend under every contract and every campaign. */
@NullMarked
package dev.enclave.campaign.demo;

import org.jspecify.annotations.NullMarked;

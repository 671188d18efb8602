/**
 * A cloud's key service and Enclave's client of it on bad days: test classes that each cloud
 * extends, over the wire, against our own server of that cloud. {@link
 * dev.enclave.campaign.CloudUnderTest} is all that a cloud adds.
 */
@NullMarked
package dev.enclave.campaign;

import org.jspecify.annotations.NullMarked;

/**
 * Test classes that each cloud extends: faults, lost answers and outages between Enclave and our
 * own server of that cloud, over the wire. {@link dev.enclave.campaign.cloud.CloudUnderTest} is all
 * that a cloud adds.
 */
@NullMarked
package dev.enclave.campaign;

import org.jspecify.annotations.NullMarked;

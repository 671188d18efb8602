/** A cloud's server with faults, and clocks that are set ahead. */
@org.jspecify.annotations.NullMarked
package dev.enclave.campaign.bench;

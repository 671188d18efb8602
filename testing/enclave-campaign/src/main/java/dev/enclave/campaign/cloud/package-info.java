/** What a cloud adds to the campaigns, and what of it they use. */
@org.jspecify.annotations.NullMarked
package dev.enclave.campaign.cloud;

/** Programs that run in processes of their own. */
@org.jspecify.annotations.NullMarked
package dev.enclave.campaign.process;

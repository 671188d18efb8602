/** Documents whose parts are made from code. */
@org.jspecify.annotations.NullMarked
package dev.enclave.campaign.docs;

/** The keys of a vault: requests and what their failures mean, versions, signing, imports. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal;

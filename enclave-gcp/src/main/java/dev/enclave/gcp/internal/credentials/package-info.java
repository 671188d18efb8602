/** Where access tokens come from. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.credentials;

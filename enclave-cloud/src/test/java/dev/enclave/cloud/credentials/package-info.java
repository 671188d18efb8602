/** Tests. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cloud.credentials;

/** Keys in Google Cloud KMS. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp;

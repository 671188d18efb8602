/** The key-encryption key rotates, and Secrets are sealed anew under its new version. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.rewrap;

/** Keys in Kubernetes Secrets, sealed under a key of another backend. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes;

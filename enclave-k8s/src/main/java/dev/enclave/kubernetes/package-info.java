/** Keys in Secrets of Kubernetes. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes;

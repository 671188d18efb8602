/** Names, labels and versions of keys; sends no request. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.model;

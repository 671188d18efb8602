/** Names, schemes and public parameters of keys; sends no request. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.model;

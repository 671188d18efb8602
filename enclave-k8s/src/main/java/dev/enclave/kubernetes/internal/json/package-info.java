/** JSON as maps, lists and plain values. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.internal.json;

/** Keys and their versions. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.keys;

/** Keys and their versions: made, used, imported, attested, and what labels say of them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.keys;

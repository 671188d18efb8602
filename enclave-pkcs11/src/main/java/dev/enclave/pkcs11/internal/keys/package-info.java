/** Keys in a token, and what is known of them in its data objects. */
@org.jspecify.annotations.NullMarked
package dev.enclave.pkcs11.internal.keys;

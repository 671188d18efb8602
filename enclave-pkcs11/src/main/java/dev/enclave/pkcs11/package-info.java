/** Keys in PKCS#11 tokens. */
@org.jspecify.annotations.NullMarked
package dev.enclave.pkcs11;
